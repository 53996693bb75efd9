"""The content model -> xlsx, docx, pdf, html, json, csv; nothing is computed here."""
