"""Rights: who agreed to which use of what they show, asked, answered, revoked and proven."""
