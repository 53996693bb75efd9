"""The national classification of occupations; job titles -> codes."""
