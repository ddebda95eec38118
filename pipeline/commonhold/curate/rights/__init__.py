"""Who allowed what: consent of people, licences of files, a community's own rules, and proof for each contributor."""
