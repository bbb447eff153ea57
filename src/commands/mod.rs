//! In which order? One file, one command.

pub mod init;
pub mod selftest;
