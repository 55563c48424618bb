"""Boards and topics."""
