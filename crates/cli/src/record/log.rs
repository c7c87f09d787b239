//! A log in a directory: opened, read with its budget, and grown by one entry.
//!
//! An entry is added in this order, each step flushed to the device before the next: the people, the bundle and the
//! tiles, then the checkpoint, whose rename is the moment at which the entry exists. What a run that was killed before
//! leaves is behind the end of the log, and the next entry replaces it.

use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, SystemTime},
};

use fugo_keystore::{Note, SigningKeyFile};

use super::{
    FILES_OF_NEW,
    checkpoint::Checkpoint,
    damaged,
    entry::{Entry, MOST_BYTES, MOST_BYTES_OF_GRANT},
    leaves::{Leaves, People},
    tiles::{TILE, Tiles, numbered},
    tree::{self, Hash, MOST_LEAVES},
    trust::Trust,
};
use crate::{
    failure::{Failure, Result},
    grant::{moment::Moment, policy::Granted},
    interrupt::Interrupt,
    manifest::read_small,
    notice,
    placing::{NewFolder, create, directory_of, refuse_taken},
    redaction::shown,
};

/// What to do if the directory of a new record exists.
const NEVER_AGAIN: &str = "name a new directory; a record is never made again";

/// The file that a log is verified by, the head of the log, and the file that is locked while an entry is added.
pub(super) const DESCRIPTION: &str = "log.toml";
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const LOCK: &str = "lock";

/// A log and its head.
pub(super) struct Log {
    pub(super) dir: PathBuf,
    pub(super) trust: Trust,
    pub(super) checkpoint: Checkpoint,
    pub(super) note: Note,
}

/// The path of the file of an entry's people, in the directory of the log.
pub(super) fn people_path(index: u64) -> PathBuf {
    Path::new("people").join(numbered(index))
}

/// The note in a file.
pub(super) fn note_of(path: &Path) -> Result<Note> {
    let bytes = read_small(path, MOST_BYTES as u64)?;
    Note::parse(&bytes).map_err(|error| Failure::new(error, "give a signed checkpoint").of(path))
}

impl Log {
    /// Opens a log, and verifies its head with these keys instead of those in its directory.
    pub(super) fn open_with(dir: &Path, trust: Trust) -> Result<Self> {
        let path = dir.join(CHECKPOINT);
        if !path.exists() {
            return Err(Failure::new(
                format!("{} is not a record: it has no {CHECKPOINT}", dir.display()),
                "give the directory that `fugo record init` made",
            ));
        }
        let note = note_of(&path)?;
        let checkpoint = trust.of_log(&note).map_err(|failure| failure.of(&path))?;
        Ok(Self { dir: dir.to_owned(), trust, checkpoint, note })
    }

    /// Opens a log as its owner.
    pub(super) fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, Trust::load(&dir.join(DESCRIPTION))?)
    }

    pub(super) fn tiles(&self) -> Tiles {
        Tiles::new(&self.dir, self.checkpoint.size)
    }

    /// The people of an entry.
    pub(super) fn leaves(&self, index: u64, entry: &Entry) -> Result<Leaves> {
        Leaves::open(&self.dir, &people_path(index), entry.people)
    }

    /// How many people were translated under this grant in all runs that are recorded. Every entry is compared with the
    /// signed root.
    fn used(&self, granted: &Granted) -> Result<u64> {
        let mut used = 0_u64;
        self.tiles().entries(&self.checkpoint, |index, entry| {
            if entry.terms.id == granted.terms.id {
                if entry.terms != granted.terms {
                    return Err(Failure::new(
                        format!("entry {index} of the record is of another grant with the id {}", granted.terms.id),
                        "give each grant an id of its own",
                    ));
                }
                used = used.saturating_add(entry.people);
            }
            Ok(())
        })?;
        Ok(used)
    }

    /// Refuses more people than the grant has left.
    fn check_budget(&self, granted: &Granted, people: u64) -> Result<()> {
        let (used, most) = (self.used(granted)?, granted.terms.most_people);
        if used == 0 || (people > 0 && used + people <= most) || (people == 0 && used < most) {
            return Ok(());
        }
        let this = if people == 0 { "nobody is left" } else { "this run has more than are left" };
        Err(Failure::new(
            format!(
                "the grant {} is for {most} people, and the record has {used} people of earlier runs under it: {this}",
                granted.terms.id
            ),
            "get another grant; no output was changed",
        ))
    }
}

/// Makes the directory of an empty log.
pub(super) fn init(dir: &Path, trust: &Trust, key: &SigningKeyFile) -> Result<()> {
    refuse_taken(dir, NEVER_AGAIN)?;
    let checkpoint =
        Checkpoint { origin: trust.log.name().to_owned(), size: 0, root: tree::Frontier::default().root() };
    let texts = [trust.text(), String::new(), signed(&checkpoint, trust, key)?.to_string()];
    let folder = NewFolder::begin(dir, NEVER_AGAIN)?.private()?;
    for (name, text) in FILES_OF_NEW.iter().zip(texts) {
        folder.write(name, text.as_bytes())?;
    }
    folder.put(SystemTime::now())
}

fn signed(checkpoint: &Checkpoint, trust: &Trust, key: &SigningKeyFile) -> Result<Note> {
    let fail = |error| Failure::new(error, "give another name to the log");
    let mut note = Note::new(&checkpoint.to_string()).map_err(fail)?;
    note.sign(trust.log.name(), key).map_err(fail)?;
    Ok(note)
}

/// Makes a directory that only its owner can enter, and those above it.
fn new_folders(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).recursive(true).create(path)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = create(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| Failure::io("write", path, &error))
}

fn sync(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| Failure::io("flush", dir, &error))
}

/// What a run is recorded with.
pub(crate) struct Recorder {
    dir: PathBuf,
    key: SigningKeyFile,
    run: [u8; 16],
    begun_at: Moment,
    inquired_at: Moment,
    withheld: bool,
}

/// The totals of a run, for its entry.
pub(crate) struct Ran {
    pub(crate) asked: u64,
    pub(crate) translated: u64,
    pub(crate) unknown: u64,
    pub(crate) rejected: u64,
    pub(crate) duplicates: u64,
}

/// Where a run was recorded.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) origin: String,
    pub(crate) index: u64,
    pub(crate) root: Hash,
}

impl Recorder {
    /// Checks everything about the record that can be checked before a row is read. `people` is the scope and the tag of
    /// the key for record symbols.
    pub(super) fn open(
        dir: &Path,
        key: SigningKeyFile,
        people: crate::grant::terms::Named,
        granted: &Granted,
        (begun_at, inquired_at, withheld): (Moment, Moment, bool),
    ) -> Result<Self> {
        let log = Log::open(dir)?;
        if log.trust.people != people {
            let text = |(scope, tag): crate::grant::terms::Named| format!("{scope} with the tag {tag}");
            return Err(Failure::new(
                format!(
                    "the people of this record are named by {}; --record-key is {}",
                    text(log.trust.people),
                    text(people)
                ),
                "give the key with this tag; if the tag is a mistake and the record is empty, make another record",
            ));
        }
        check_key(&log.trust, &key)?;
        granted.check_record(&log.trust.log)?;
        if granted.note.to_string().len() > MOST_BYTES_OF_GRANT {
            return Err(Failure::new(
                format!(
                    "the grant has more than {MOST_BYTES_OF_GRANT} bytes and does not fit in an entry of the record"
                ),
                "use a grant with fewer signatures",
            ));
        }
        if log.checkpoint.size == MOST_LEAVES {
            return Err(Failure::new("the record is full", "begin another one: fugo record init"));
        }
        log.check_budget(granted, 0)?;
        let mut run = [0; 16];
        getrandom::fill(&mut run)
            .map_err(|error| Failure::new(format!("no random bytes: {error}"), "report this; no output was changed"))?;
        Ok(Self { dir: dir.to_owned(), key, run, begun_at, inquired_at, withheld })
    }

    /// The directory of the log.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Adds the entry of a run, and flushes it to the device. `staged` gives paths on the device of the log for
    /// unfinished files. When this returns, the run is recorded; if it fails, it is not.
    pub(crate) fn append(
        &self,
        ran: &Ran,
        people: &People,
        granted: &Granted,
        staged: &dyn Fn(usize) -> PathBuf,
        interrupt: &Interrupt,
    ) -> Result<Recorded> {
        let leaves = staged(0);
        let (count, people_root) = people.write(&leaves)?;
        let _lock = self.locked(interrupt)?;

        // Another run may have added entries since this one began.
        let log = Log::open(&self.dir)?;
        log.check_budget(granted, count)?;
        granted.check_people(count)?;
        let (tiles, index) = (log.tiles(), log.checkpoint.size);
        if tree::root(&tiles, index)? != log.checkpoint.root {
            return Err(damaged("its tiles do not have the root that the log has signed"));
        }
        // A run that was killed leaves the people of one entry, and no later one.
        if self.dir.join(people_path(index + 1)).exists() {
            return Err(damaged(format!(
                "the record was rolled back: its checkpoint has {index} entries, and there are people of later ones"
            )));
        }
        let entry = Entry {
            run: self.run,
            inquired_at: self.inquired_at,
            begun_at: self.begun_at,
            provided_at: Moment::now(),
            withheld: self.withheld,
            asked: ran.asked,
            translated: ran.translated,
            unknown: ran.unknown,
            rejected: ran.rejected,
            duplicates: ran.duplicates,
            people: count,
            people_root,
            people_key: log.trust.people,
            grant: granted.note.clone(),
            terms: granted.terms.clone(),
        };
        let files = tiles.with(entry.text().as_bytes())?;
        let mut changed = BTreeSet::new();
        self.put(&leaves, &people_path(index), &mut changed)?;
        for (nth, (place, bytes)) in files.iter().enumerate() {
            write_new(&staged(nth + 1), bytes)?;
            self.put(&staged(nth + 1), place, &mut changed)?;
        }
        changed.iter().try_for_each(|dir| sync(dir))?;

        let grown = Tiles::new(&self.dir, index + 1);
        let root = tree::root(&grown, index + 1)?;
        let checkpoint = Checkpoint { origin: log.checkpoint.origin, size: index + 1, root };
        write_new(&staged(files.len() + 1), signed(&checkpoint, &log.trust, &self.key)?.to_string().as_bytes())?;
        self.put(&staged(files.len() + 1), Path::new(CHECKPOINT), &mut changed)?;
        sync(&self.dir).map_err(|failure| failure.noting(&format!("the run may be recorded as entry {index}")))?;
        for (place, _) in files {
            remove_partial(&self.dir.join(place));
        }
        Ok(Recorded { origin: checkpoint.origin, index, root })
    }

    /// Locks the log against other runs. The kernel drops the lock with the file.
    fn locked(&self, interrupt: &Interrupt) -> Result<File> {
        let path = self.dir.join(LOCK);
        let file =
            File::options().read(true).write(true).open(&path).map_err(|error| Failure::io("open", &path, &error))?;
        let mut waits = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => {
                    if !std::mem::replace(&mut waits, true) {
                        notice::say(format_args!("waiting: another run is recording in {}", self.dir.display()));
                    }
                    interrupt.check()?;
                    thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::Error(error)) => return Err(Failure::io("lock", &path, &error)),
            }
        }
    }

    /// Renames a file, and notes which directories must be flushed.
    fn put(&self, staged: &Path, place: &Path, changed: &mut BTreeSet<PathBuf>) -> Result<()> {
        let to = self.dir.join(place);
        let folder = directory_of(&to);
        if !folder.is_dir() {
            new_folders(folder).map_err(|error| Failure::io("make", folder, &error))?;
        }
        fs::rename(staged, &to).map_err(|error| Failure::io("put in place", &to, &error))?;
        changed.extend(folder.ancestors().take_while(|dir| dir.starts_with(&self.dir)).map(Path::to_owned));
        Ok(())
    }
}

/// Removes the partial tiles of a tile that is full now. They can be made from it.
fn remove_partial(full: &Path) {
    if full.parent().and_then(Path::extension).is_none_or(|extension| extension != "p") {
        let mut partial = full.to_owned().into_os_string();
        partial.push(".p");
        for width in 1..TILE {
            let _ = fs::remove_file(Path::new(&partial).join(width.to_string()));
        }
        let _ = fs::remove_dir(partial);
    }
}

/// Refuses a signing key that is not the log's.
fn check_key(trust: &Trust, key: &SigningKeyFile) -> Result<()> {
    let signer = fugo_keystore::NoteSigner::new(trust.log.name(), &key.public());
    if signer.is_ok_and(|signer| signer == trust.log) {
        return Ok(());
    }
    Err(Failure::new(
        format!("--record-signing-key is not the key of the log {}", shown(trust.log.name())),
        "give the key that `fugo record init` was given",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_tiles_are_removed_when_the_tile_is_full_and_stay_before() {
        let dir = tempfile::tempdir().expect("a directory");
        let at = |place: &str| dir.path().join(place);
        for folder in ["000.p", "001.p"] {
            fs::create_dir(at(folder)).expect("made");
        }
        for place in ["000", "000.p/1", "000.p/255", "001.p/1", "001.p/2"] {
            fs::write(at(place), "").expect("written");
        }
        remove_partial(&at("000"));
        remove_partial(&at("001.p/2"));
        assert!(at("000").exists() && !at("000.p").exists());
        assert!(at("001.p/1").exists() && at("001.p/2").exists());
    }
}
