//! The one rule about files: whatever a path says, nothing outside the roots is reached.
#![expect(clippy::disallowed_methods, reason = "makes the files that are looked for")]

use super::roots::{Folders, Roots};
use super::{base64, media, roots};
use crate::config::Config;
use crate::operations::{Error, Kind};
use crate::platform::environment::Simulated;
use crate::platform::folder::Placing;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// `inside/` is allowed, `outside/` is not; each has a file.
struct Ground {
    folder: TempDir,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["inside/deep", "outside"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("inside/file"), "mine").unwrap();
        std::fs::write(folder.path().join("inside/deep/file"), "deep").unwrap();
        std::fs::write(folder.path().join("outside/file"), "secret").unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn roots(&self) -> Roots {
        Roots::of(&self.config(&["inside"])).unwrap()
    }

    fn config(&self, roots: &[&str]) -> Config {
        let roots: Vec<String> = roots.iter().map(|root| self.path(root).display().to_string()).collect();
        self.configured(&roots.join(":"))
    }

    fn configured(&self, roots: &str) -> Config {
        let mut environment = Simulated { current_dir: self.path(""), ..Simulated::default() };
        environment.vars.insert("WFMCP_HOME".to_owned(), self.path("home").display().to_string());
        environment.vars.insert("WFMCP_FILES_ROOTS".to_owned(), roots.to_owned());
        Config::load(&environment, &[]).unwrap()
    }

    fn read(&self, name: &str) -> Result<String, Error> {
        read(&self.roots(), &self.path(name))
    }
}

fn read(roots: &Roots, path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    roots.open(path)?.file.read_to_string(&mut text).unwrap();
    Ok(text)
}

#[track_caller]
fn refused<T>(outcome: Result<T, Error>, kind: Kind) -> String {
    let error = outcome.err().expect("it is refused");
    assert_eq!(error.kind, kind, "{error}");
    error.message
}

#[test]
fn what_is_inside_is_read_however_it_is_written() {
    let ground = Ground::new();
    for name in ["inside/file", "inside/./file", "inside/deep/../file", "outside/../inside/file"] {
        assert_eq!(ground.read(name).unwrap(), "mine", "{name}");
    }
    symlink("deep", ground.path("inside/link")).unwrap();
    symlink(ground.path("inside/file"), ground.path("inside/absolute")).unwrap();
    symlink(ground.path("inside/file"), ground.path("outside/back")).unwrap();
    assert_eq!(ground.read("inside/link/file").unwrap(), "deep");
    assert_eq!(ground.read("inside/absolute").unwrap(), "mine");
    assert_eq!(ground.read("outside/back").unwrap(), "mine", "what counts is where it leads");
    assert_eq!(ground.roots().open(&ground.path("inside/link/file")).unwrap().bytes, 4);
}

#[test]
fn what_is_outside_is_refused_however_it_is_written() {
    let ground = Ground::new();
    symlink("../outside/file", ground.path("inside/leak")).unwrap();
    symlink("../outside", ground.path("inside/way")).unwrap();
    symlink("way", ground.path("inside/way-to-way")).unwrap();
    std::fs::create_dir(ground.path("inside-too")).unwrap();
    std::fs::write(ground.path("inside-too/file"), "a neighbour").unwrap();
    let names = [
        "outside/file",
        "inside/../outside/file",
        "inside/deep/../../outside/file",
        "inside/leak",
        "inside/way/file",
        "inside/way-to-way/file",
        "inside-too/file",
        "inside/..",
        "",
        // What is not there is refused in the same words: nobody learns what is.
        "outside/nothing",
        "inside/way/nothing",
        "outside/file/below",
    ];
    for name in names {
        let told = refused(ground.read(name), Kind::NotPermitted);
        assert!(told.ends_with("is outside of the folders that are allowed"), "{name}: {told}");
        refused(ground.roots().place(&ground.path(name)), Kind::NotPermitted);
    }
    for path in ["/etc/passwd", "/", "/proc/self/root/etc/passwd", "/dev/null", "relative", "."] {
        refused(read(&ground.roots(), Path::new(path)), Kind::NotPermitted);
    }
}

#[test]
fn what_is_no_path_or_leads_nowhere_is_told() {
    let ground = Ground::new();
    let roots = ground.roots();
    symlink("nowhere", ground.path("inside/dangling")).unwrap();
    symlink("/nowhere/at/all", ground.path("inside/dangling-out")).unwrap();
    symlink("loop", ground.path("inside/loop")).unwrap();
    let inside = ground.path("inside").display().to_string();
    refused(read(&roots, Path::new("")), Kind::InvalidInput);
    refused(read(&roots, Path::new(&format!("{inside}/a\0b"))), Kind::InvalidInput);
    refused(read(&roots, Path::new(&format!("{inside}/{}", "a/".repeat(3_000)))), Kind::InvalidInput);
    refused(read(&roots, Path::new(&format!("{inside}/{}", "a".repeat(300)))), Kind::InvalidInput);
    refused(read(&roots, Path::new(&format!("{inside}/{}", "../".repeat(1_000)))), Kind::NotPermitted);
    for name in
        ["inside/dangling", "inside/dangling-out", "inside/dangling-out/x", "inside/loop", "inside/file/x"]
    {
        refused(ground.read(name), Kind::InvalidInput);
        refused(roots.place(&ground.path(name)), Kind::InvalidInput);
    }
    refused(ground.read("inside/nothing"), Kind::NotFound);
    refused(ground.read("inside/nothing/../file"), Kind::NotFound);
    assert!(refused(ground.read("inside"), Kind::InvalidInput).ends_with("inside is a folder"));
    refused(roots.place(&ground.path("inside/file")).unwrap().folder(), Kind::InvalidInput);
    refused(roots.place(&ground.path("inside/nothing")).unwrap().folder(), Kind::NotFound);
}

#[test]
fn only_regular_files_are_opened_and_nothing_waits() {
    let ground = Ground::new();
    let pipe = ground.path("inside/pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(ground.path("inside/socket")).unwrap();
    for name in ["inside/pipe", "inside/socket"] {
        assert!(refused(ground.read(name), Kind::InvalidInput).contains("only regular files"), "{name}");
        refused(
            ground.roots().place(&ground.path(name)).unwrap().to_write(Folders::Made),
            Kind::InvalidInput,
        );
    }
    let everything = Roots::of(&ground.configured("/dev")).unwrap();
    refused(read(&everything, Path::new("/dev/null")), Kind::InvalidInput);
}

/// Between being looked at and being opened, everything may change.
#[test]
fn what_is_swapped_in_meanwhile_is_not_followed() {
    let ground = Ground::new();
    let roots = ground.roots();
    let (file, deep) = (ground.path("inside/file"), ground.path("inside/deep/file"));
    let (to_file, to_deep) = (roots.place(&file).unwrap(), roots.place(&deep).unwrap());
    let new = roots.place(&ground.path("inside/deep/new")).unwrap();
    std::fs::remove_file(&file).unwrap();
    symlink("../outside/file", &file).unwrap();
    std::fs::rename(ground.path("inside/deep"), ground.path("inside/moved")).unwrap();
    symlink("../outside", ground.path("inside/deep")).unwrap();
    refused(to_file.open(), Kind::Conflict);
    refused(to_file.to_write(Folders::Made), Kind::Conflict);
    refused(to_deep.open(), Kind::Conflict);
    refused(new.to_write(Folders::Made), Kind::Conflict);
    refused(roots.found(&deep).unwrap().open(), Kind::Conflict);
    assert_eq!(std::fs::read_dir(ground.path("outside")).unwrap().count(), 1, "nothing was written there");
}

#[test]
fn a_reader_beside_somebody_who_swaps_never_sees_what_is_outside() {
    let ground = Ground::new();
    let (name, aside, link) =
        (ground.path("inside/deep"), ground.path("inside/aside"), ground.path("inside/link"));
    symlink("../outside", &link).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                std::fs::rename(&name, &aside).unwrap();
                std::fs::rename(&link, &name).unwrap();
                std::fs::rename(&name, &link).unwrap();
                std::fs::rename(&aside, &name).unwrap();
            }
        });
        let seen: Vec<String> = (0..2_000).filter_map(|_| ground.read("inside/deep/file").ok()).collect();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(seen.iter().all(|text| text == "deep"), "what is outside was read");
    });
}

#[test]
fn a_file_is_written_whole_and_only_inside() {
    let ground = Ground::new();
    let roots = ground.roots();
    let write = |name: &str, folders, placing| -> Result<(), Error> {
        let place = roots.place(&ground.path(name))?;
        let (folder, name) = place.to_write(folders)?;
        folder.put(name, b"new", placing).map_err(|error| roots::told(&place.path(), &error))
    };
    refused(write("inside/a/b/c", Folders::Stay, Placing::New), Kind::NotFound);
    write("inside/a/b/c", Folders::Made, Placing::New).unwrap();
    assert_eq!(ground.read("inside/a/b/c").unwrap(), "new");
    refused(write("outside/file", Folders::Made, Placing::Instead), Kind::NotPermitted);
    refused(write("inside/a/../../outside/x", Folders::Made, Placing::New), Kind::NotPermitted);
    refused(write("inside/deep", Folders::Made, Placing::Instead), Kind::InvalidInput);
    refused(write("inside/file/x", Folders::Made, Placing::New), Kind::InvalidInput);
    refused(write("inside/none/../x", Folders::Made, Placing::New), Kind::NotFound);
    assert!(write("inside/file", Folders::Stay, Placing::New).is_err(), "it is there already");
    assert_eq!(ground.read("inside/file").unwrap(), "mine");

    symlink("file", ground.path("inside/link")).unwrap();
    std::fs::hard_link(ground.path("inside/file"), ground.path("outside/twin")).unwrap();
    std::fs::set_permissions(ground.path("inside/file"), std::fs::Permissions::from_mode(0o640)).unwrap();
    write("inside/link", Folders::Stay, Placing::Instead).unwrap();
    assert!(ground.path("inside/link").is_symlink(), "a link stays a link, and what it leads to is written");
    assert_eq!(ground.read("inside/file").unwrap(), "new");
    assert_eq!(
        std::fs::read_to_string(ground.path("outside/twin")).unwrap(),
        "mine",
        "its twin is another file"
    );
    assert_eq!(std::fs::metadata(ground.path("inside/file")).unwrap().permissions().mode() & 0o777, 0o640);
    let left = std::fs::read_dir(ground.path("inside")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "nothing half done stays: {left:?}");
}

#[test]
fn roots_may_be_links_many_missing_or_everything() {
    let ground = Ground::new();
    symlink("inside", ground.path("root-link")).unwrap();
    let of = |roots: &[&str]| Roots::of(&ground.config(roots));
    let linked = of(&["root-link"]).unwrap();
    assert_eq!(read(&linked, &ground.path("root-link/file")).unwrap(), "mine");
    assert_eq!(read(&linked, &ground.path("inside/deep/file")).unwrap(), "deep");
    refused(read(&linked, &ground.path("outside/file")), Kind::NotPermitted);

    let both = of(&["gone", "inside", "outside"]).unwrap();
    assert_eq!(read(&both, &ground.path("outside/file")).unwrap(), "secret");
    refused(of(&["gone"]), Kind::NotPermitted);
    refused(of(&["inside/file"]), Kind::NotPermitted);
    refused(Roots::of(&ground.configured(":")), Kind::NotPermitted);

    let everything = Roots::of(&ground.configured("/")).unwrap();
    assert_eq!(read(&everything, &ground.path("outside/file")).unwrap(), "secret");
    assert_eq!(everything.place(Path::new("/")).unwrap().path(), Path::new("/"));
    everything.place(Path::new("/")).unwrap().folder().unwrap();
    let meant = |dir: &Path| both.meant(dir, None).unwrap().path();
    assert_eq!(meant(&ground.path("outside")), ground.path("outside").canonicalize().unwrap());
    assert_eq!(meant(Path::new("/")), ground.path("inside").canonicalize().unwrap());
}

#[test]
fn base64_goes_there_and_back() {
    for length in 0..20_u8 {
        let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(93)).collect();
        let text = base64::encode(&bytes);
        assert_eq!((text.len() % 4, base64::decode(&text)), (0, Ok(bytes.clone())), "{text}");
        assert_eq!(base64::decode(text.trim_end_matches('=')), Ok(bytes));
    }
    assert_eq!(base64::encode(b"Man"), "TWFu");
    assert_eq!(base64::encode(b"M"), "TQ==");
    assert_eq!(base64::decode(" -_\n8A "), Ok(vec![0xfb, 0xff, 0x00]));
    assert_eq!(
        [base64::decode("TW!u"), base64::decode("T"), base64::decode("TQ==TQ")],
        [Err(2), Err(1), Err(4)]
    );
}

#[test]
fn a_type_is_told_by_the_name_else_by_what_is_in_it() {
    use base64::Encoding;
    let told = |name: &str, encoding| media::type_of(Path::new(name), encoding);
    assert_eq!(told("a.MD", Encoding::Text), "text/markdown");
    assert_eq!(told("a.png", Encoding::Base64), "image/png");
    assert_eq!(told("Makefile", Encoding::Text), "text/plain");
    assert_eq!(told("core", Encoding::Base64), "application/octet-stream");
}
