//! Who is alive because of a sandbox: whoever has its home in the environment it was started with.

use super::Sandbox;

impl Sandbox {
    /// The command lines of all living processes that were started from here, however indirectly.
    pub fn processes(&self) -> Vec<String> {
        let home = format!("WFMCP_HOME={}", self.home().display());
        let numbers = std::fs::read_dir("/proc").expect("/proc").filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .into_string()
                .ok()
                .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        });
        let ours = numbers.filter(|number| {
            let environment = std::fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == home.as_bytes())
        });
        ours.filter_map(|number| {
            let line =
                std::fs::read(format!("/proc/{number}/cmdline")).ok().filter(|line| !line.is_empty())?;
            Some(format!("{number} {}", String::from_utf8_lossy(&line).replace('\0', " ")))
        })
        .collect()
    }
}
