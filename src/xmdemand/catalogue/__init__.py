"""The content model: listing, selection, consultation, changes, disclosure control."""
