//! `Program`: a program that MACs with a key, for any KMS.
//!
//! The message comes on its standard input, and its answer is 32 bytes on standard output. There is no shell. The
//! environment is empty except for names that the address gives.

use std::{
    fmt,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use fugo::mac::{MAC_LEN, Mac};
use zeroize::{Zeroize, Zeroizing};

use super::{
    address::{AddressError, percent_decoded, percent_encode},
    error::{ProgramError, SourceError},
    trusted::{self, Distrust},
};

/// The time that a program has if its address gives none.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes of output that are read. What a program writes in place of an answer is read to its end, so that the
/// program ends by itself and its status says why.
const MOST: usize = 64 * 1024;
/// See [`Program::stop`].
static STOP: AtomicBool = AtomicBool::new(false);
/// The most seconds that an address can give.
const MAX_TIMEOUT: u64 = 600;

/// A program with fixed arguments, its time limit, and the environment variables that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    environment: Vec<String>,
    timeout: Option<u64>,
}

impl Program {
    /// Reads the words after `exec:`: settings, then the path of the program, then its arguments.
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        let mut words = text.split(' ').peekable();
        let (mut environment, mut timeout) = (Vec::new(), None);
        while let Some(setting) = words.next_if(|word| !word.starts_with('/')) {
            match setting.split_once('=') {
                Some(("env", name)) if is_name(name) && !environment.iter().any(|known| known == name) => {
                    environment.push(name.to_owned());
                }
                Some(("env", _)) => return Err(AddressError::Environment),
                Some(("timeout", seconds)) if timeout.is_none() => {
                    let seconds = seconds.parse().ok().filter(|seconds| (1..=MAX_TIMEOUT).contains(seconds));
                    timeout = Some(seconds.ok_or(AddressError::Timeout)?);
                }
                _ => return Err(AddressError::Program),
            }
        }
        let mut words = words.map(|word| {
            let word = percent_decoded(word).and_then(|bytes| String::from_utf8(bytes).ok());
            word.filter(|word| !word.is_empty() && !word.contains('\0')).ok_or(AddressError::Program)
        });
        let path = words.next().ok_or(AddressError::Program)??.into();
        Ok(Self { path, arguments: words.collect::<Result<_, _>>()?, environment, timeout })
    }

    /// The path of the program.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A flag that stops every program of this process: when it is set, those that run are killed with all that they
    /// started, and none is started any more. A handler of signals can set it.
    pub fn stop() -> &'static AtomicBool {
        &STOP
    }

    /// Runs the program once. Every descriptor of this process from 3 on is set to close on exec before.
    fn run(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), ProgramError> {
        trusted::check(&self.path).map_err(|error| match error {
            Distrust::Missing(kind) => ProgramError::NotStarted(kind),
            Distrust::NotAFile => ProgramError::NotAFile,
            Distrust::OthersCanWrite => ProgramError::OthersCanWrite,
            Distrust::OtherOwner => ProgramError::OtherOwner,
        })?;
        let limit = self.timeout.map_or(DEFAULT_TIMEOUT, Duration::from_secs);
        let until = Instant::now() + limit;
        let mut child = Ended(self.start(message).map_err(|error| ProgramError::NotStarted(error.kind()))?);
        let late =
            || if is_stopped() { ProgramError::Stopped } else { ProgramError::TimeLimit { seconds: limit.as_secs() } };
        let answer = child.answer(until).ok_or_else(late)?;
        // A program that writes on is not waited for: it would end by the closed pipe, with a status of that.
        if answer.as_ref().is_err_and(|error| *error == ProgramError::Length) {
            return Err(ProgramError::Length);
        }
        let status = child.status(until).ok_or_else(late)?;
        // The status first: the output of a program that failed is not an answer of any length.
        match status.code() {
            Some(0) => {}
            Some(code) => return Err(ProgramError::Status { code }),
            None => return Err(ProgramError::Signal),
        }
        let found = answer?;
        let bytes: &[u8; MAC_LEN] = found.as_slice().try_into().map_err(|_| ProgramError::Length)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn start(&self, message: &[u8]) -> io::Result<Child> {
        // The message is in the pipe before the program starts. A pipe holds more than 55 bytes, so this neither
        // waits nor fails if the program does not read.
        let (input, mut to_input) = io::pipe()?;
        to_input.write_all(message)?;
        drop(to_input);
        #[cfg(unix)]
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).env_clear();
        for name in &self.environment {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.current_dir("/").stdin(input).stdout(Stdio::piped()).stderr(Stdio::null());
        // A group of its own, so that what it started can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    }
}

impl Mac for Program {
    type Error = SourceError;

    fn mac(&self, message: &[u8], out: &mut [u8; MAC_LEN]) -> Result<(), SourceError> {
        let run = if is_stopped() { Err(ProgramError::Stopped) } else { self.run(message, out) };
        run.map_err(|error| SourceError::Program { path: self.path.clone(), error })
    }
}

/// A program that runs. On drop its whole group is killed.
struct Ended(Child);

impl Ended {
    /// Standard output, if it is closed in time: the answer and one byte more of it. Too much of it is an error.
    fn answer(&mut self, until: Instant) -> Option<Result<Zeroizing<Vec<u8>>, ProgramError>> {
        let mut output = self.0.stdout.take()?;
        // Joined only when it has ended: if a process that left the group keeps the pipe open, the read does not end.
        let reader = thread::spawn(move || {
            let mut bytes = Zeroizing::new(Vec::with_capacity(MAC_LEN + 1));
            let (mut byte, mut more) = ([0], 0);
            let read = loop {
                match output.read(&mut byte) {
                    Ok(0) => break Ok(()),
                    Ok(_) if more == MOST => break Err(ProgramError::Length),
                    Ok(_) if bytes.len() > MAC_LEN => more += 1,
                    Ok(_) => bytes.push(byte[0]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(ProgramError::NotRead(error.kind())),
                }
            };
            byte.zeroize();
            drop(output);
            read.map(|()| bytes)
        });
        // Waiting on a channel would make std allocate a handle of the caller's thread, which is never freed.
        while !reader.is_finished() {
            if Instant::now() >= until || is_stopped() {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
        reader.join().ok()
    }

    /// How the program ended, if it ends in time.
    fn status(&mut self, until: Instant) -> Option<std::process::ExitStatus> {
        loop {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Some(status);
            }
            if Instant::now() >= until || is_stopped() {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        // Also after a good end: what the program started and left behind is ended. The group has the program's id,
        // and while a member lives, no other process gets it.
        #[cfg(unix)]
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("exec:")?;
        for name in &self.environment {
            write!(f, "env={name} ")?;
        }
        if let Some(seconds) = self.timeout {
            write!(f, "timeout={seconds} ")?;
        }
        let is_raw = |byte: u8| byte.is_ascii_graphic() && byte != b'%';
        percent_encode(f, self.path.as_os_str().as_encoded_bytes(), is_raw)?;
        self.arguments.iter().try_for_each(|argument| {
            f.write_str(" ")?;
            percent_encode(f, argument.as_bytes(), is_raw)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_has_an_absolute_path_and_fixed_arguments() {
        let program = Program::parse("env=HOME timeout=600 /a%20b/c --key k%25").expect("a program");
        assert_eq!(program.path, Path::new("/a b/c"));
        assert_eq!(program.arguments, ["--key", "k%"]);
        assert_eq!((&program.environment[..], program.timeout), (&["HOME".to_owned()][..], Some(600)));
        for bad in ["", "kms-mac", "./kms-mac", "/a  b", "/a ", "cwd=/ /a", "timeout=1 timeout=1 /a", "/a %00", "/a %f"]
        {
            assert_eq!(Program::parse(bad), Err(AddressError::Program), "{bad}");
        }
        for bad in ["timeout=0 /a", "timeout=601 /a", "timeout= /a"] {
            assert_eq!(Program::parse(bad), Err(AddressError::Timeout), "{bad}");
        }
        for bad in ["env= /a", "env=A-B /a", "env=A=b /a", "env=A env=A /a"] {
            assert_eq!(Program::parse(bad), Err(AddressError::Environment), "{bad}");
        }
    }
}
