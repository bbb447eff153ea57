//! In which order? One file, one command.
