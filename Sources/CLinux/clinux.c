#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(CLINUX_READABLE == EPOLLIN, "interest bits are the kernel's");
_Static_assert(CLINUX_WRITABLE == EPOLLOUT, "interest bits are the kernel's");
_Static_assert(CLINUX_ERROR == EPOLLERR, "interest bits are the kernel's");
_Static_assert(CLINUX_HANGUP == EPOLLHUP, "interest bits are the kernel's");
_Static_assert(CLINUX_PEER_CLOSED == EPOLLRDHUP, "interest bits are the kernel's");

static int result_or_errno(int result) { return result < 0 ? -errno : result; }

int clinux_epoll_create(void) { return result_or_errno(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t interest, uint64_t token) {
  struct epoll_event event = {.events = interest, .data = {.u64 = token}};
  return result_or_errno(epoll_ctl(epoll, operation, fd, &event));
}

int clinux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, interest, token);
}

int clinux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, interest, token);
}

int clinux_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

#define MAX_BATCH 256

int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int64_t timeout_ns) {
  struct epoll_event batch[MAX_BATCH];
  if (capacity > MAX_BATCH) capacity = MAX_BATCH;
  int count = -1;
#ifdef SYS_epoll_pwait2
  // Kernels before 5.11 and some sandboxes answer ENOSYS; remembered so that the second call is not tried again.
  static int no_pwait2;
  if (!__atomic_load_n(&no_pwait2, __ATOMIC_RELAXED) && timeout_ns > 0) {
    struct timespec timeout = {.tv_sec = timeout_ns / 1000000000, .tv_nsec = timeout_ns % 1000000000};
    count = (int)syscall(SYS_epoll_pwait2, epoll, batch, capacity, &timeout, NULL, 0);
    if (count < 0 && (errno == ENOSYS || errno == EPERM)) {
      __atomic_store_n(&no_pwait2, 1, __ATOMIC_RELAXED);
    } else {
      goto done;
    }
  }
#endif
  {
    int64_t milliseconds = timeout_ns < 0 ? -1 : (timeout_ns + 999999) / 1000000;
    if (milliseconds > 1000000000) milliseconds = 1000000000;
    count = epoll_wait(epoll, batch, capacity, (int)milliseconds);
  }
done:
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    events[i].token = batch[i].data.u64;
    events[i].events = batch[i].events;
  }
  return count;
}

int clinux_eventfd(void) { return result_or_errno(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int clinux_eventfd_signal(int fd) {
  uint64_t one = 1;
  return write(fd, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_eventfd_drain(int fd) {
  uint64_t value;
  return read(fd, &value, sizeof value) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_tcp_socket(int family) {
  return result_or_errno(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
}

static int set_int(int fd, int level, int name, int value) {
  return result_or_errno(setsockopt(fd, level, name, &value, sizeof value));
}

int clinux_set_nodelay(int fd) { return set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

int clinux_set_user_timeout_ms(int fd, unsigned int milliseconds) {
  return result_or_errno(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds));
}

int clinux_set_keepalive(int fd, int idle_seconds, int interval_seconds, int count) {
  int result = set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (result == 0) result = set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_seconds);
  if (result == 0) result = set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval_seconds);
  if (result == 0) result = set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
  return result;
}

int clinux_set_reset_on_close(int fd) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  return result_or_errno(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

int clinux_connect_result(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
  return -error;
}

int clinux_set_nonblocking(int fd, int on) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return -errno;
  return result_or_errno(fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

int clinux_random(void *buffer, size_t count) {
  unsigned char *next = buffer;
  while (count > 0) {
    ssize_t got = getrandom(next, count, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    next += got;
    count -= (size_t)got;
  }
  return 0;
}

static int64_t now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_monotonic_ns(void) { return now_ns(CLOCK_MONOTONIC); }
int64_t clinux_realtime_ns(void) { return now_ns(CLOCK_REALTIME); }

void clinux_block_signals(void) {
  sigset_t blocked;
  sigfillset(&blocked);
  sigdelset(&blocked, SIGSEGV);
  sigdelset(&blocked, SIGBUS);
  sigdelset(&blocked, SIGFPE);
  sigdelset(&blocked, SIGILL);
  sigdelset(&blocked, SIGTRAP);
  sigdelset(&blocked, SIGABRT);
  sigdelset(&blocked, SIGSYS);
  sigdelset(&blocked, SIGPROF);
  pthread_sigmask(SIG_BLOCK, &blocked, NULL);
}

void clinux_name_thread(const char *name) {
  char short_name[16];
  strncpy(short_name, name, sizeof short_name - 1);
  short_name[sizeof short_name - 1] = 0;
  pthread_setname_np(pthread_self(), short_name);
}
