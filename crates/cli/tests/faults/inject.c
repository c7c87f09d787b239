/* Runs a command and injects one fault into its system calls. A preloaded library would miss the calls that Rust's
   rustix makes without the C library, so this traces the process: a seccomp filter stops it at the calls of interest.

     inject FAULT N ROOT REPORT HOOK COMMAND [ARGUMENT...]

   Calls count if they name a file under ROOT, or one of the standard streams. FAULT at the N-th call (from 1) that can
   meet it; with N = 0 nothing is injected:
     enospc        the call fails, and so does every later one that needs space
     eio, eintr    the call fails once
     short-read, short-write   the call gets half of its bytes
     kill          the process is killed before the call takes effect
     hook          the shell command HOOK runs while the process is stopped, for two seconds at most
   REPORT gets one line for each fact: `calls K` that could meet the fault; `fired NAME PATH`; at the end of the process
   `unflushed DEVICE INODE LENGTH` for each file that was written and not flushed, with the length that was flushed, and
   `unflushed-folder OPERATION FOLDER NAME` for each change of a folder that was not flushed.
   The exit status is that of the command, or 128 plus the signal that ended it. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READS = 1, WRITES = 2, SPACE = 4, CHANGES = 8, WAITS = 16, FLUSHES = 32, OPENS = 64, LOOKS = 128 };

/* fd: the argument that is a descriptor, or -1. at: the argument that is a folder, or -1. path: that which is a path.
   count: the argument that is a number of bytes. */
typedef struct {
    const char *name;
    int number, what, fd, at, path, count;
} call;

static const call CALLS[] = {
    {"read", SYS_read, READS | WAITS, 0, -1, -1, 2},
    {"pread64", SYS_pread64, READS | WAITS, 0, -1, -1, 2},
    {"readv", SYS_readv, READS | WAITS, 0, -1, -1, -1},
    {"write", SYS_write, WRITES | SPACE | CHANGES | WAITS, 0, -1, -1, 2},
    {"pwrite64", SYS_pwrite64, WRITES | SPACE | CHANGES | WAITS, 0, -1, -1, 2},
    {"writev", SYS_writev, WRITES | SPACE | CHANGES | WAITS, 0, -1, -1, -1},
    {"sendfile", SYS_sendfile, WRITES | SPACE | CHANGES | WAITS, 0, -1, -1, 3},
    {"splice", SYS_splice, WRITES | SPACE | CHANGES | WAITS, 2, -1, -1, 4},
    {"copy_file_range", SYS_copy_file_range, WRITES | SPACE | CHANGES | WAITS, 2, -1, -1, 4},
    {"fallocate", SYS_fallocate, SPACE | CHANGES | WAITS, 0, -1, -1, -1},
    {"ftruncate", SYS_ftruncate, SPACE | CHANGES | WAITS, 0, -1, -1, -1},
    {"fsync", SYS_fsync, SPACE | CHANGES | WAITS | FLUSHES, 0, -1, -1, -1},
    {"fdatasync", SYS_fdatasync, SPACE | CHANGES | WAITS | FLUSHES, 0, -1, -1, -1},
    {"flock", SYS_flock, CHANGES | WAITS, 0, -1, -1, -1},
    {"fchmod", SYS_fchmod, CHANGES, 0, -1, -1, -1},
    {"getdents64", SYS_getdents64, LOOKS, 0, -1, -1, -1},
    {"open", SYS_open, OPENS | WAITS, -1, -1, 0, -1},
    {"openat", SYS_openat, OPENS | WAITS, -1, 0, 1, -1},
    {"mkdir", SYS_mkdir, SPACE | CHANGES, -1, -1, 0, -1},
    {"mkdirat", SYS_mkdirat, SPACE | CHANGES, -1, 0, 1, -1},
    {"rmdir", SYS_rmdir, CHANGES, -1, -1, 0, -1},
    {"unlink", SYS_unlink, CHANGES, -1, -1, 0, -1},
    {"unlinkat", SYS_unlinkat, CHANGES, -1, 0, 1, -1},
    {"rename", SYS_rename, SPACE | CHANGES, -1, -1, 1, -1},
    {"renameat", SYS_renameat, SPACE | CHANGES, -1, 2, 3, -1},
    {"renameat2", SYS_renameat2, SPACE | CHANGES, -1, 2, 3, -1},
    {"link", SYS_link, SPACE | CHANGES, -1, -1, 1, -1},
    {"linkat", SYS_linkat, SPACE | CHANGES, -1, 2, 3, -1},
    {"chmod", SYS_chmod, CHANGES, -1, -1, 0, -1},
    {"fchmodat", SYS_fchmodat, CHANGES, -1, 0, 1, -1},
    {"utimensat", SYS_utimensat, CHANGES, -1, 0, 1, -1},
    {"newfstatat", SYS_newfstatat, LOOKS, -1, 0, 1, -1},
    {"statx", SYS_statx, LOOKS, -1, 0, 1, -1},
    {"fstat", SYS_fstat, LOOKS, 0, -1, -1, -1},
};
enum { COUNT = sizeof CALLS / sizeof *CALLS, THREADS = 1024, FACTS = 4096 };

/* A thread that is within a call whose outcome is wanted. */
static struct {
    pid_t thread;
    const call *call;
    char path[PATH_MAX];
    struct stat file;
} within[THREADS];

/* What was written and not flushed. A flush of a folder forgets the changes in it. */
static struct {
    dev_t device;
    ino_t inode;
    off_t flushed;
    int is_dirty;
} files[FACTS];
static struct {
    char operation[16], folder[PATH_MAX], name[NAME_MAX + 1];
} changes[FACTS];
static int file_count, change_count;

static const char *fault, *root, *hook;
static long wanted, counted;
static int is_full;
static FILE *report;

static void stop(const char *what)
{
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(125);
}

static unsigned long long argument(const struct user_regs_struct *r, int at)
{
    const unsigned long long all[] = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9};
    return all[at];
}

/* Where a link under /proc leads. */
static int link_of(pid_t thread, const char *what, char *into)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/%s", thread, what);
    ssize_t length = readlink(name, into, PATH_MAX - 1);
    into[length < 0 ? 0 : length] = 0;
    return length > 0;
}

/* Text of the process, read by word: its memory is closed to others once the tool has hardened itself. */
static void text_at(pid_t thread, unsigned long long address, char *into, size_t size)
{
    size_t at = 0;
    while (at + sizeof(long) < size) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKDATA, thread, address + at, 0);
        if (errno) break;
        memcpy(into + at, &word, sizeof word);
        if (memchr(&word, 0, sizeof word)) return;
        at += sizeof word;
    }
    into[at] = 0;
}

static int has(const char *path) { return !strncmp(path, root, strlen(root)); }

/* The file that a call names. Returns whether the call counts. */
static int named(pid_t thread, const call *c, const struct user_regs_struct *r, char *path)
{
    char text[PATH_MAX], what[32];
    if (c->fd >= 0) {
        int fd = (int)argument(r, c->fd);
        snprintf(what, sizeof what, "fd/%d", fd);
        if (!link_of(thread, what, path)) return 0;
        return has(path) || (fd >= 0 && fd <= 2 && strcmp(path, "/dev/null"));
    }
    text_at(thread, argument(r, c->path), text, sizeof text);
    if (text[0] == '/') {
        snprintf(path, PATH_MAX, "%s", text);
        return has(path);
    }
    char folder[PATH_MAX];
    int at = c->at < 0 ? AT_FDCWD : (int)argument(r, c->at);
    snprintf(what, sizeof what, at == AT_FDCWD ? "cwd" : "fd/%d", at);
    if (!link_of(thread, what, folder)) return 0;
    if (snprintf(path, PATH_MAX, "%s%s%s", folder, text[0] ? "/" : "", text) >= PATH_MAX) return 0;
    return has(path);
}

static int opens_new(const call *c, const struct user_regs_struct *r)
{
    int flags = (int)argument(r, c->path + 1);
    /* The bit of O_TMPFILE that O_DIRECTORY lacks. */
    return (flags & O_CREAT) || (flags & 020000000) || (flags & O_TRUNC);
}

/* Whether a call can meet the fault. */
static int meets(const call *c, const struct user_regs_struct *r)
{
    int what = c->what;
    if (what & OPENS && opens_new(c, r)) what |= SPACE | CHANGES;
    /* Messages go to a terminal or a log of its own: their disk is another. */
    if (!strcmp(fault, "enospc")) return what & SPACE && !(c->fd >= 0 && argument(r, c->fd) == 2);
    if (!strcmp(fault, "eio")) return 1;
    if (!strcmp(fault, "eintr")) return what & WAITS;
    if (!strcmp(fault, "kill") || !strcmp(fault, "hook")) return what & CHANGES;
    int of = !strcmp(fault, "short-read") ? READS : WRITES;
    return what & of && c->count >= 0 && argument(r, c->count) >= 2;
}

static void fail(pid_t thread, struct user_regs_struct *r, int error)
{
    r->orig_rax = (unsigned long long)-1;
    r->rax = (unsigned long long)-error;
    if (ptrace(PTRACE_SETREGS, thread, 0, r)) stop("registers");
}

static void halve(pid_t thread, const call *c, struct user_regs_struct *r)
{
    unsigned long long half = argument(r, c->count) / 2;
    if (c->count == 2) r->rdx = half;
    else if (c->count == 3) r->r10 = half;
    else r->r8 = half;
    if (ptrace(PTRACE_SETREGS, thread, 0, r)) stop("registers");
}

static void run_hook(void)
{
    pid_t child = fork();
    if (!child) {
        execl("/bin/sh", "sh", "-c", hook, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 200; i++) {
        int status;
        if (waitpid(child, &status, WNOHANG) == child) {
            fprintf(report, "hook %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
            return;
        }
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
    /* It waits for this process. The driver waits for it at the end. */
    fprintf(report, "hook-waits\n");
}

static int file_at(const struct stat *s)
{
    for (int i = 0; i < file_count; i++)
        if (files[i].device == s->st_dev && files[i].inode == s->st_ino) return i;
    if (file_count == FACTS) stop("too many files");
    files[file_count].device = s->st_dev;
    files[file_count].inode = s->st_ino;
    return file_count++;
}

static void forget_changes(const char *folder)
{
    for (int i = change_count - 1; i >= 0; i--)
        if (!strcmp(changes[i].folder, folder)) changes[i] = changes[--change_count];
}

static void changed(const char *operation, const char *path)
{
    if (change_count == FACTS) stop("too many changes");
    const char *slash = strrchr(path, '/');
    snprintf(changes[change_count].operation, 16, "%s", operation);
    snprintf(changes[change_count].folder, PATH_MAX, "%.*s", (int)(slash - path), path);
    /* "." as a folder is the folder itself. */
    size_t length = strlen(changes[change_count].folder);
    if (length > 2 && !strcmp(changes[change_count].folder + length - 2, "/.")) changes[change_count].folder[length - 2] = 0;
    snprintf(changes[change_count].name, NAME_MAX + 1, "%s", slash + 1);
    change_count++;
}

static void ended(int at, long long result)
{
    const call *c = within[at].call;
    if (result < 0) return;
    if (c->what & FLUSHES) {
        if (S_ISDIR(within[at].file.st_mode)) forget_changes(within[at].path);
        else {
            int file = file_at(&within[at].file);
            files[file].is_dirty = 0;
            files[file].flushed = within[at].file.st_size;
        }
    } else if (c->number == SYS_rename || c->number == SYS_renameat || c->number == SYS_renameat2
               || c->number == SYS_link || c->number == SYS_linkat) {
        changed("name", within[at].path);
    } else if (c->number == SYS_unlink || c->number == SYS_unlinkat) {
        changed("unlink", within[at].path);
    }
}

static const call *call_of(long number)
{
    for (int i = 0; i < COUNT; i++)
        if (CALLS[i].number == number) return &CALLS[i];
    return NULL;
}

/* At the entry of a call. Returns whether its exit is wanted. */
static int entered(pid_t leader, pid_t thread)
{
    struct user_regs_struct r;
    static char path[PATH_MAX];
    if (ptrace(PTRACE_GETREGS, thread, 0, &r)) return 0;
    const call *c = call_of((long)r.orig_rax);
    if (!c || !named(thread, c, &r, path)) return 0;
    int at = 0;
    while (at < THREADS && within[at].thread && within[at].thread != thread) at++;
    if (at == THREADS) stop("too many threads");
    within[at].thread = thread;
    within[at].call = c;
    snprintf(within[at].path, PATH_MAX, "%s", path);
    if (c->fd >= 0) {
        char name[64];
        snprintf(name, sizeof name, "/proc/%d/fd/%d", thread, (int)argument(&r, c->fd));
        if (stat(name, &within[at].file)) memset(&within[at].file, 0, sizeof within[at].file);
        if ((c->what & WRITES || c->number == SYS_ftruncate) && S_ISREG(within[at].file.st_mode))
            files[file_at(&within[at].file)].is_dirty = 1;
    }
    if (!meets(c, &r)) return 1;
    counted++;
    if (is_full) fail(thread, &r, ENOSPC);
    if (counted != wanted) return 1;
    fprintf(report, "fired %s %s\n", c->name, path);
    if (!strcmp(fault, "kill")) {
        fflush(report);
        kill(-leader, SIGKILL);
    } else if (!strcmp(fault, "hook")) run_hook();
    else if (!strcmp(fault, "eio")) fail(thread, &r, EIO);
    else if (!strcmp(fault, "eintr")) fail(thread, &r, EINTR);
    else if (!strcmp(fault, "enospc")) {
        is_full = 1;
        fail(thread, &r, ENOSPC);
    } else halve(thread, c, &r);
    return 1;
}

static void start(char **command)
{
    struct sock_filter filter[COUNT + 6];
    int n = 0;
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < COUNT; i++)
        filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)CALLS[i].number,
                                                   (unsigned char)(COUNT - i), 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    struct sock_fprog program = {(unsigned short)n, filter};
    /* A group of its own, so that a kill reaches the processes that it starts. */
    if (setpgid(0, 0) || ptrace(PTRACE_TRACEME, 0, 0, 0)) stop("trace");
    raise(SIGSTOP);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) stop("seccomp");
    execvp(command[0], command);
    stop(command[0]);
}

int main(int argc, char **argv)
{
    if (argc < 7) {
        fputs("usage: inject FAULT N ROOT REPORT HOOK COMMAND [ARGUMENT...]\n", stderr);
        return 125;
    }
    fault = argv[1];
    wanted = atol(argv[2]);
    root = argv[3];
    hook = argv[5];
    report = fopen(argv[4], "we");
    if (!report) stop(argv[4]);
    pid_t leader = fork();
    if (!leader) start(argv + 6);
    int status, code = 125;
    if (waitpid(leader, &status, 0) != leader || !WIFSTOPPED(status)) stop("wait");
    long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
        | PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, leader, 0, options)) stop("options");
    ptrace(PTRACE_CONT, leader, 0, 0);
    for (;;) {
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) break;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            for (int i = 0; i < THREADS && within[i].thread; i++)
                if (within[i].thread == thread) within[i].call = NULL;
            if (thread == leader) {
                code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                break;
            }
            continue;
        }
        int event = status >> 16, signal = WSTOPSIG(status), next = PTRACE_CONT;
        if (event == PTRACE_EVENT_SECCOMP) {
            next = entered(leader, thread) ? PTRACE_SYSCALL : PTRACE_CONT;
            signal = 0;
        } else if (signal == (SIGTRAP | 0x80)) {
            for (int i = 0; i < THREADS && within[i].thread; i++)
                if (within[i].thread == thread && within[i].call) {
                    struct user_regs_struct r;
                    if (!ptrace(PTRACE_GETREGS, thread, 0, &r)) ended(i, (long long)r.rax);
                    within[i].call = NULL;
                }
            signal = 0;
        } else if (event || signal == SIGSTOP || signal == SIGTRAP) {
            signal = 0;
        }
        ptrace(next, thread, 0, signal);
    }
    fprintf(report, "calls %ld\n", counted);
    for (int i = 0; i < file_count; i++)
        if (files[i].is_dirty)
            fprintf(report, "unflushed %lu %lu %ld\n", (unsigned long)files[i].device, (unsigned long)files[i].inode,
                    (long)files[i].flushed);
    for (int i = 0; i < change_count; i++)
        fprintf(report, "unflushed-folder %s\t%s\t%s\n", changes[i].operation, changes[i].folder, changes[i].name);
    fclose(report);
    return code;
}
