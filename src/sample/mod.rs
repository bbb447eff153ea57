//! What would a whole shop's exports look like?
