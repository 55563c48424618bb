"""What a member sends comes out upright, in sRGB, freshly encoded and without a word about anything but pixels."""

import random

import pytest
from PIL import Image

from portal.media.derivatives import derive, widths_for
from portal.media.intake import Limits, PictureRefused, receive, sniff
from tests.media import samples


@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
@pytest.mark.parametrize("number", range(9))
def test_a_picture_comes_out_upright_and_looks_the_same(shape: str, number: int) -> None:
    sent = samples.oriented(shape, number)
    clean = receive(sent)
    image = samples.opened(clean.master)
    reference = samples.upright(samples.oriented(shape, 1))
    assert image.size == (clean.width, clean.height)
    assert (image.width > image.height) == (shape == "Landscape")
    assert samples.likeness(samples.upright(sent), image) >= 0.98
    assert samples.likeness(reference, image) >= 0.9  # each file was compressed on its own
    assert samples.holds_only_pixels(clean.master)


def test_place_camera_thumbnail_and_words_are_gone() -> None:
    everything = [samples.with_every_kind_of_metadata(profile) for profile in (True, False)]
    for sent in (samples.with_place(), *everything, *samples.talkative().values()):
        clean = receive(sent)
        files = [clean.master, *derive(clean.master, clean.width).values()]
        for data in files:
            assert samples.holds_only_pixels(data)
            assert not samples.opened(data).getexif()
            for word in (*samples.SECRETS, b"Exif", b"GPS", b"http", b"NIKON", b"<script", b"<?php", b"PK\x03\x04"):
                assert word not in data


def test_a_phones_heic_becomes_a_jpeg_of_at_most_2560_pixels() -> None:
    clean = receive(samples.heic())
    assert clean.original_format == "HEIF"
    assert sniff(clean.master) == "JPEG"
    assert max(clean.width, clean.height) <= 2560
    assert samples.holds_only_pixels(clean.master)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_each_format_is_taken_and_looks_the_same(kind: str) -> None:
    sent = samples.saved(samples.drawing(), kind)
    clean = receive(sent)
    assert clean.original_format == kind
    assert samples.likeness(samples.opened(sent), samples.opened(clean.master)) >= 0.98
    assert 0 < len(clean.placeholder) <= 300
    assert samples.opened(clean.master).mode == "RGB"


@pytest.mark.parametrize("name", samples.NOT_PICTURES)
def test_what_is_no_sound_picture_is_refused_with_a_sentence(name: str) -> None:
    data, reason = samples.NOT_PICTURES[name]
    with pytest.raises(PictureRefused) as refused:
        receive(data)
    assert refused.value.reason == reason or not reason
    assert str(refused.value).endswith(".")
    assert "{" not in str(refused.value)


@pytest.mark.parametrize("percent", [1, 5, 20, 50, 80, 95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_truncated_upload_is_refused(kind: str, percent: int) -> None:
    whole = samples.saved(samples.drawing((700, 500)), kind)
    with pytest.raises(PictureRefused) as refused:
        receive(whole[: max(20, len(whole) * percent // 100)])
    assert refused.value.reason in ("broken", "format")


def test_too_many_bytes_are_refused_before_anything_is_decoded() -> None:
    with pytest.raises(PictureRefused, match="larger than 20 MB"):
        receive(b"\xff\xd8\xff" + bytes(20 * 1024 * 1024))


def test_forty_megapixels_pass_and_one_more_row_does_not() -> None:
    fits = samples.saved(Image.new("L", (8000, 5000), 90), "PNG")
    assert (receive(fits).width, receive(fits).height) == (2560, 1600)
    with pytest.raises(PictureRefused, match="more than 40 megapixels"):
        receive(samples.saved(Image.new("1", (8000, 5001)), "PNG"))


def test_a_picture_65535_pixels_wide_is_made_small() -> None:
    clean = receive(samples.saved(Image.new("L", (65535, 4), 90), "PNG"))
    assert (clean.width, clean.height) == (2560, 1)


def test_small_pictures_are_not_made_larger() -> None:
    clean = receive(samples.saved(samples.drawing((90, 60)), "PNG"))
    assert (clean.width, clean.height) == (90, 60)


def test_one_pixel_is_a_picture() -> None:
    clean = receive(samples.saved(Image.new("RGB", (1, 1), "red"), "PNG"))
    assert (clean.width, clean.height) == (1, 1)
    assert list(derive(clean.master, 1)) == ["1.webp", "1.jpg"]


def test_sixteen_bits_a_pixel_are_scaled_and_not_cut_off() -> None:
    for grey in (0, 20_000, 40_000, 65_535):
        clean = receive(samples.saved(Image.new("I;16", (40, 40), grey), "PNG"))
        red = samples.opened(clean.master).getpixel((20, 20))[0]  # type: ignore[index]
        assert abs(red - grey / 257) <= 2


def test_printing_colours_become_screen_colours() -> None:
    cmyk = Image.new("CMYK", (40, 40), (0, 255, 255, 0))
    red, green, blue = samples.opened(receive(samples.saved(cmyk, "JPEG", quality=95)).master).getpixel((20, 20))  # type: ignore[misc]
    assert red > 200
    assert green < 60
    assert blue < 60


def test_colours_are_read_through_the_embedded_profile() -> None:
    red, green, _blue = samples.opened(receive(samples.red_seen_as_green()).master).getpixel((30, 30))  # type: ignore[misc]
    assert green > 200
    assert red < 60


def test_a_broken_profile_costs_the_colours_and_not_the_picture() -> None:
    sent = samples.saved(samples.drawing(), "JPEG", icc_profile=b"not a profile at all" * 20)
    assert samples.likeness(samples.drawing(), samples.opened(receive(sent).master)) > 0.97


def test_what_shows_through_still_does() -> None:
    glass = samples.drawing((200, 100), "RGBA")
    glass.putalpha(Image.linear_gradient("L").resize((200, 100)))
    palette = Image.new("P", (40, 30), 0)
    palette.putpalette([255, 0, 255, 0, 120, 0] + [0] * 750)
    palette.paste(1, (20, 0, 40, 30))
    grey16 = Image.new("LA", (30, 30), (200, 0))
    for sent in (
        samples.saved(glass, "PNG"),
        samples.saved(glass, "WEBP"),
        samples.saved(palette, "GIF", transparency=0),
        samples.saved(palette, "PNG", transparency=0),
        samples.saved(grey16, "PNG"),
        samples.png(4, 4, (b"\0" + b"\x12\x34" * 4) * 4, samples.chunk(b"tRNS", b"\x12\x34"), depth=16),
    ):
        clean = receive(sent)
        assert sniff(clean.master) in ("WEBP", "JPEG")
        derived = derive(clean.master, clean.width)
        assert all(samples.opened(data).mode == "RGB" for name, data in derived.items() if name.endswith("jpg"))
    assert samples.opened(receive(samples.saved(palette, "GIF", transparency=0)).master).getpixel((5, 5))[3] == 0  # type: ignore[index]
    assert samples.opened(receive(samples.saved(glass, "PNG")).master).mode == "RGBA"


def test_an_alpha_channel_that_hides_nothing_is_dropped() -> None:
    assert sniff(receive(samples.saved(samples.drawing(mode="RGBA"), "PNG")).master) == "JPEG"


def test_a_gif_that_moves_still_does_and_has_a_still() -> None:
    clean = receive(samples.animated_gif(12))
    assert clean.animation is not None
    assert samples.holds_only_pixels(clean.animation)
    assert samples.opened(clean.animation).n_frames == 12  # type: ignore[attr-defined]
    assert samples.opened(clean.master).size == (60, 40)


def test_a_gif_of_ten_thousand_frames_is_kept_as_a_still() -> None:
    clean = receive(samples.animated_gif(10_000, (12, 8)))
    assert clean.animation is None


def test_near_copies_have_near_hashes_and_other_pictures_do_not() -> None:
    one = samples.oriented("Landscape", 1)
    copy = samples.saved(samples.opened(one).resize((500, 333)), "WEBP", quality=40)
    a, b, c = (int(receive(data).dhash, 16) for data in (one, copy, samples.with_place()))
    assert (a ^ b).bit_count() <= 4
    assert (a ^ c).bit_count() >= 12


def test_the_same_file_is_known_again() -> None:
    sent = samples.with_place()
    assert receive(sent).original_sha256 == receive(sent).original_sha256
    assert receive(sent).original_sha256 != receive(sent + b"\0").original_sha256


def test_sizes_are_never_larger_than_the_picture() -> None:
    assert widths_for(4000) == (320, 640, 1280, 2560)
    assert widths_for(1900) == (320, 640, 1280, 1900)
    assert widths_for(650) == (320, 650)
    assert widths_for(640) == (320, 640)
    assert widths_for(100) == (100,)
    clean = receive(samples.saved(samples.drawing((900, 600)), "JPEG"))
    files = derive(clean.master, clean.width)
    assert set(files) == {f"{w}.{e}" for w in (320, 640, 900) for e in ("webp", "jpg")}
    for name, data in files.items():
        width = int(name.partition(".")[0])
        assert samples.opened(data).size == (width, round(width * 2 / 3))
        assert sniff(data) == {"webp": "WEBP", "jpg": "JPEG"}[name.rpartition(".")[2]]
        assert samples.holds_only_pixels(data)


def test_a_stream_is_read_no_further_than_the_limit() -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"\xff" * size

    stream = Endless()
    with pytest.raises(PictureRefused):
        receive(stream, Limits(max_bytes=1000))  # type: ignore[arg-type]
    assert stream.given == 1001


@pytest.mark.slow
def test_damaged_files_are_refused_or_come_out_clean() -> None:
    dice = random.Random(7)
    whole = [samples.saved(samples.drawing((64, 48)), kind) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")]
    whole.append(samples.with_every_kind_of_metadata())
    for _ in range(150):
        data = bytearray(dice.choice(whole))
        for _ in range(dice.randint(1, 12)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            clean = receive(bytes(data))
        except PictureRefused:
            continue
        assert samples.holds_only_pixels(clean.master)
