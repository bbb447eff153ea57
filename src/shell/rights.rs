//! Who may read what the program writes? The user and the user's group, whatever the caller's umask says:
//! a shop's money is nobody else's.

/// Takes all rights of others, and the group's to write, from every file and folder that this process makes
/// from now on. What the umask takes besides stays taken.
#[cfg(unix)]
pub fn keep_to_the_group() {
    use nix::sys::stat::{Mode, umask};
    let others = Mode::S_IWGRP | Mode::S_IRWXO;
    let asked = umask(others);
    umask(asked | others);
}

/// Elsewhere a folder's own rights hold for what is made in it.
#[cfg(not(unix))]
pub fn keep_to_the_group() {}
