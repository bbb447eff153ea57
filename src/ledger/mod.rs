//! What should the count be, and which orders had no unit?
