//! What this process runs on.

/// Of the system's kernel.
pub fn release() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// How many threads can run at once.
pub fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(target_os = "linux")]
pub fn memory_bytes() -> Option<u64> {
    let info = rustix::system::sysinfo();
    u64::from(info.mem_unit).checked_mul(info.totalram)
}

#[cfg(not(target_os = "linux"))]
pub fn memory_bytes() -> Option<u64> {
    None
}
