/* A machine for drills, loaded before the C library of a real process (LD_PRELOAD).
 *
 * Power: every fsync and fdatasync is written into the file DRILL_SYNCS before its caller hears of it, so that a drill
 * can take back what no sync had promised. "F inode bytes": a file up to its length before the call. "D inode" and then
 * one "N inode name" for each name in it, closed by "E": a folder as it was before the call. With DRILL_FORGETS=1 the
 * calls do nothing and promise everything, as a disk that lies.
 *
 * Platter: with DRILL_PLATTER, what a sync promised is also kept in that folder as it was before the call: a file under
 * its key, and the names in a folder as "key.names", a line "key kind name" for each. A key is the inode with the moment
 * of its birth, because inodes are given out again. A file that was written over without a sync gets its old text back.
 *
 * Clock: the wall clock is moved by the seconds in the file DRILL_CLOCK; the clock that only counts is left alone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int notes_fd(void) {
    static int fd = -2;
    if (fd == -2) {
        const char *path = getenv("DRILL_SYNCS");
        fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    return fd;
}

static int forgets(void) {
    const char *word = getenv("DRILL_FORGETS");
    return word && *word == '1';
}

/* What a sync that begins now will promise, as text; to be freed, NULL where there is nothing to say. */
static char *promise(int fd) {
    struct stat is;
    char *text = NULL;
    size_t length = 0;
    if (notes_fd() < 0 || fstat(fd, &is) != 0)
        return NULL;
    FILE *out = open_memstream(&text, &length);
    if (S_ISREG(is.st_mode)) {
        fprintf(out, "F %lu %lld\n", (unsigned long)is.st_ino, (long long)is.st_size);
    } else if (S_ISDIR(is.st_mode)) {
        int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *folder = again < 0 ? NULL : fdopendir(again);
        struct dirent *entry;
        fprintf(out, "D %lu\n", (unsigned long)is.st_ino);
        while (folder && (entry = readdir(folder)))
            fprintf(out, "N %lu %s\n", (unsigned long)entry->d_ino, entry->d_name);
        fprintf(out, "E\n");
        if (folder)
            closedir(folder);
    }
    fclose(out);
    return text;
}

/* Writes the key of a file and returns its kind: 'f', 'd', or another. */
static char key_of(int folder, const char *name, int flags, char *key, size_t room) {
    struct statx is;
    if (statx(folder, name, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME | STATX_TYPE, &is) != 0)
        return '?';
    snprintf(key, room, "%llu-%lld.%09u", (unsigned long long)is.stx_ino, (long long)is.stx_btime.tv_sec,
             is.stx_btime.tv_nsec);
    return S_ISREG(is.stx_mode) ? 'f' : S_ISDIR(is.stx_mode) ? 'd' : '?';
}

static void copy_file(int fd, int to) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int from = open(path, O_RDONLY | O_CLOEXEC); /* the caller's may be open for writing only */
    char part[1 << 16];
    ssize_t length;
    while ((length = read(from, part, sizeof part)) > 0)
        if (write(to, part, length) != length)
            abort();
    if (from < 0 || length < 0)
        abort();
    close(from);
}

static void copy_names(int fd, int to) {
    char key[64];
    struct dirent *entry;
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = again < 0 ? NULL : fdopendir(again);
    while (folder && (entry = readdir(folder))) {
        char kind = entry->d_name[0] == '.' && strchr(".", entry->d_name[1]) ? '?' : 0;
        kind = kind ? kind : key_of(fd, entry->d_name, 0, key, sizeof key);
        if (kind != '?')
            dprintf(to, "%s %c %s\n", key, kind, entry->d_name);
    }
    if (folder)
        closedir(folder);
}

/* Keeps what a sync that begins now will promise in `draft`, to become `kept` when it has ended; says if there is any. */
static int lay_down(int fd, char *draft, char *kept, size_t room) {
    const char *platter = getenv("DRILL_PLATTER");
    char key[64];
    char kind = platter ? key_of(fd, "", AT_EMPTY_PATH, key, sizeof key) : '?';
    if (kind == '?')
        return 0;
    snprintf(kept, room, "%s/%s%s", platter, key, kind == 'd' ? ".names" : "");
    snprintf(draft, room, "%s/draft-%d-%ld", platter, getpid(), syscall(SYS_gettid));
    int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0)
        abort();
    (kind == 'd' ? copy_names : copy_file)(fd, to);
    close(to);
    return 1;
}

static int keep(int fd, const char *name) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    char draft[512], kept[512];
    if (forgets())
        return 0;
    char *text = promise(fd);
    int laid = lay_down(fd, draft, kept, sizeof kept);
    int done = real(fd);
    if (done == 0 && text && write(notes_fd(), text, strlen(text)) < 0)
        abort(); /* a drill that cannot take notes proves nothing */
    if (laid && (done == 0 ? rename(draft, kept) : unlink(draft)) != 0)
        abort();
    free(text);
    return done;
}

int fsync(int fd) { return keep(fd, "fsync"); }

int fdatasync(int fd) { return keep(fd, "fdatasync"); }

static long slip(void) {
    const char *path = getenv("DRILL_CLOCK");
    char text[32] = {0};
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    if (read(fd, text, sizeof text - 1) < 0)
        text[0] = 0;
    close(fd);
    return atol(text);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(clock, at);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        at->tv_sec += slip();
    return done;
}

time_t time(time_t *place) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (place)
        *place = at.tv_sec;
    return at.tv_sec;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
