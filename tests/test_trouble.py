"""What an error says of the machine, and what it does not."""

import errno

import psycopg
import pytest

from portal import cli, trouble


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_only_a_file_is_given_back_to_its_user_and_no_address_of_a_network(code, tmp_path):
    assert trouble.ails(PermissionError(code, "no", str(tmp_path / "file"))) is trouble.FORBIDDEN
    assert trouble.ails(PermissionError(code, "a mail server that a firewall keeps from us")) is None


def test_a_command_says_what_ails_the_machine_though_the_error_has_no_words(monkeypatch, capsys):
    @cli.cli.command()
    def broken():
        raise psycopg.OperationalError

    monkeypatch.setattr("sys.argv", ["portal", "broken"])
    try:
        with pytest.raises(SystemExit):
            cli.main()
    finally:
        del cli.cli.commands["broken"]
    assert "It could not be done. OperationalError: it does not answer" in capsys.readouterr().err
