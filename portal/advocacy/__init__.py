"""The ledger of help, the score, recognition."""
