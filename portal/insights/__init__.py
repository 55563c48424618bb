"""What staff learn from the whole: who helps, who is helped, who is left alone."""
