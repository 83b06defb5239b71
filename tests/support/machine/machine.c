/* A machine for drills, loaded before the C library of a real process (LD_PRELOAD).
 *
 * Power: every fsync and fdatasync is written into the file DRILL_SYNCS before its caller hears of it, so that a drill
 * can take back what no sync had promised. "F inode bytes": a file up to its length before the call. "D inode" and then
 * one "N inode name" for each name in it, closed by "E": a folder as it was before the call. With DRILL_FORGETS=1 the
 * calls do nothing and promise everything, as a disk that lies.
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

static int keep(int fd, const char *name) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (forgets())
        return 0;
    char *text = promise(fd);
    int done = real(fd);
    if (done == 0 && text && write(notes_fd(), text, strlen(text)) < 0)
        abort(); /* a drill that cannot take notes proves nothing */
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
