//! Where do the book and a channel disagree, and why?
