"""Sets two versions of a model beside each other: what was asked, what was learnt from, and how they score."""
