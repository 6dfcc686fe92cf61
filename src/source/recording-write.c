/* recording-write.c - the file that a recording is written to. What is written: recording-pack.c. See recording.h. */
#include "config.h"

#include "source/recording-format.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"

struct recording {
	int fd;
	char *path;
	bool stopped;		/* the disk failed */
	off_t whole;		/* where the last whole batch ends */
	struct packer *packer;
};

/* --- The file ----------------------------------------------------------------------------------------------- */

static bool
write_on(int fd, const uint8_t *data, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, data, length);

		if (written == -1 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		data += written;
		length -= written;
	}
	return true;
}

/*
 * A file that may not grow further (ulimit -f) is a full disk to us, not the end of the viewer: SIGXFSZ is held back
 * while we write, and taken away. To ignore it for good would be inherited by the program that is watched.
 */
static bool
write_all(int fd, const uint8_t *data, size_t length)
{
	static const struct timespec no_wait;
	sigset_t too_large, before;
	bool good;
	int error;

	sigemptyset(&too_large);
	sigaddset(&too_large, SIGXFSZ);
	pthread_sigmask(SIG_BLOCK, &too_large, &before);
	good = write_on(fd, data, length);
	error = errno;
	if (!good && error == EFBIG && !sigismember(&before, SIGXFSZ))
		sigtimedwait(&too_large, NULL, &no_wait);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return good;
}

static bool
write_end(struct recording *r, int error)
{
	uint8_t bytes[BATCH_SIZE];

	packer_end(r->packer, error, bytes);
	return write_all(r->fd, bytes, sizeof bytes);
}

/* The disk is full, or gone: what is there ends with a whole batch, and with the error if that still fits. */
static bool
stop(struct recording *r, struct reason *why)
{
	int error = errno;

	r->stopped = true;
	if (ftruncate(r->fd, r->whole) == 0 && lseek(r->fd, r->whole, SEEK_SET) == r->whole && !write_end(r, error))
		(void)!ftruncate(r->fd, r->whole);
	return because(why, "cannot go on recording to %s: %s. It holds the first %ju events.", r->path,
	    strerror(error), (uintmax_t)packer_events(r->packer, false));
}

static bool
write_header(struct recording *r, struct reason *why)
{
	static const char kinds[] =
#define KIND(name, ...) #name "\n"
#include "wire/kinds.def"
#undef KIND
	    ;
	uint8_t bytes[sizeof kinds - 1 + 20];
	const size_t length = sizeof bytes - 20;

	memcpy(bytes, LANES_MAGIC, 8);
	put_u32(put_u32(bytes + 8, LANES_VERSION), length);
	memcpy(bytes + 16, kinds, length);
	put_u32(bytes + 16 + length, check_of(bytes, 16 + length));
	r->whole = sizeof bytes;
	return write_all(r->fd, bytes, sizeof bytes) || because_errno(why, "cannot write %s", r->path);
}

/* Whether what lies under the name may be written over: nothing, or a recording that nobody is writing. */
static bool
may_write(int fd, const char *path, struct reason *why)
{
	char magic[8];
	struct stat status;

	if (fstat(fd, &status) == -1)
		return because_errno(why, "cannot record to %s", path);
	if (!S_ISREG(status.st_mode))
		return true;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK)
		return because(why, "%s is being recorded to by somebody else", path);
	if (status.st_size > 0 &&
	    (pread(fd, magic, sizeof magic, 0) != sizeof magic || memcmp(magic, LANES_MAGIC, sizeof magic) != 0))
		return because(why, "%s is there and is not a recording: it is left alone", path);
	return ftruncate(fd, 0) == 0 || because_errno(why, "cannot record to %s", path);
}

static int
open_for_writing(const char *path, struct reason *why)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd == -1)
		because_errno(why, "cannot record to %s", path);
	else if (!may_write(fd, path, why)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
recording_free(struct recording *r)
{
	close(r->fd);
	packer_free(r->packer);
	free(r->path);
	free(r);
}

struct recording *
recording_create(const char *path, struct reason *why)
{
	struct recording *r;
	int fd = open_for_writing(path, why);

	if (fd == -1)
		return NULL;
	r = allocate(sizeof *r);
	r->fd = fd;
	r->path = duplicate(path);
	r->packer = packer_new();
	if (write_header(r, why))
		return r;
	recording_free(r);
	return NULL;
}

/* --- The sink ----------------------------------------------------------------------------------------------- */

bool
recording_flush(struct recording *r, struct reason *why)
{
	const struct bytes *batch;

	if (r->stopped || packer_empty(r->packer))
		return true;
	batch = packer_pack(r->packer);
	if (!write_all(r->fd, batch->data, batch->length))
		return stop(r, why);
	r->whole += batch->length;
	packer_begin(r->packer);
	return true;
}

static bool
take_one(struct recording *r, const struct news *news, struct reason *why)
{
	return !packer_take(r->packer, news) || recording_flush(r, why);
}

bool
recording_take(struct recording *r, const struct news *news, struct reason *why)
{
	struct news part = *news;

	if (r->stopped)
		return true;
	for (; part.what == NEWS_OUTPUT && part.output.length > TEXT_MOST; part.output.bytes += TEXT_MOST) {
		part.output.length = TEXT_MOST;
		if (!take_one(r, &part, why))
			return false;
		part.output.length = news->output.length - (part.output.bytes + TEXT_MOST - news->output.bytes);
	}
	return take_one(r, &part, why);
}

bool
recording_close(struct recording *r, struct reason *why)
{
	bool good = recording_flush(r, why);

	if (!r->stopped && !write_end(r, 0))
		good = stop(r, why);
	recording_free(r);
	return good;
}

uint64_t
recording_events(const struct recording *r)
{
	return packer_events(r->packer, true);
}
