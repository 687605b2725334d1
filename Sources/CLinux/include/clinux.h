// What `import Glibc` does not export to Swift: epoll, eventfd, TCP options, and a few calls whose flags are enums.
// Everything is a plain function with plain integers, so that Swift needs no bit casting.
#ifndef BACKSTOP_CLINUX_H
#define BACKSTOP_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

// One readiness report. `token` is what was registered with the descriptor.
typedef struct {
  uint64_t token;
  uint32_t events;
} clinux_event;

// Bits of `clinux_event.events` and of the interest mask.
enum : uint32_t {
  CLINUX_READABLE = 0x001,
  CLINUX_WRITABLE = 0x004,
  CLINUX_ERROR = 0x008,
  CLINUX_HANGUP = 0x010,
  CLINUX_PEER_CLOSED = 0x2000,
};

// Each returns a value >= 0, or -errno.
int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token);
int clinux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
// Waits at most `timeout_ns` (negative: for ever) with nanosecond resolution where the kernel has epoll_pwait2, else
// rounded up to milliseconds. Returns the number of events; an interrupted wait counts as 0.
int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int64_t timeout_ns);

int clinux_eventfd(void);
int clinux_eventfd_signal(int fd);
int clinux_eventfd_drain(int fd);

// A non-blocking, close-on-exec stream socket of the given family (AF_INET or AF_INET6).
int clinux_tcp_socket(int family);
int clinux_set_nodelay(int fd);
// Kernel gives up on unacknowledged data after this long (RFC 5482). Works for half-open connections.
int clinux_set_user_timeout_ms(int fd, unsigned int milliseconds);
int clinux_set_keepalive(int fd, int idle_seconds, int interval_seconds, int count);
// Close with RST instead of FIN: gives the peer a hard error, drops unsent data.
int clinux_set_reset_on_close(int fd);
// 0 when the pending connect succeeded, -errno of the failure otherwise.
int clinux_connect_result(int fd);
int clinux_set_nonblocking(int fd, int on);

// Fills the buffer from the kernel's generator. 0, or -errno.
int clinux_random(void *buffer, size_t count);

// CLOCK_MONOTONIC in nanoseconds, CLOCK_REALTIME in nanoseconds.
int64_t clinux_monotonic_ns(void);
int64_t clinux_realtime_ns(void);

// Blocks every signal that may be handled elsewhere on the calling thread (also SIGPIPE, which a write to a closed
// socket would raise), but none of those that report a fault of the thread itself.
void clinux_block_signals(void);

// Names the calling thread (at most 15 bytes are kept), for /proc and debuggers.
void clinux_name_thread(const char *name);

#pragma clang assume_nonnull end
#endif
