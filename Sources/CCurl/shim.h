// The only contact with libcurl. Its option calls are variadic, which Swift does not import: one typed wrapper per kind of
// argument. Options are named here rather than passed as numbers, so that Swift cannot pair one with a wrong type.
#ifndef BACKSTOP_CCURL_SHIM_H
#define BACKSTOP_CCURL_SHIM_H

#include <curl/curl.h>
#include <stddef.h>

typedef size_t (*ccurl_bytes_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_request_callback)(void *context, char *remote, char *local, int remote_port, int local_port);

static inline int ccurl_global_init(void) { return (int)curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline int ccurl_set_long(CURL *handle, CURLoption option, long value) {
  return (int)curl_easy_setopt(handle, option, value);
}

static inline int ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return (int)curl_easy_setopt(handle, option, value);
}

// A null text takes the option back to "none", which is not always its default.
static inline int ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
  return (int)curl_easy_setopt(handle, option, value);
}

// libcurl copies the bytes; the size is set first, because otherwise it would look for a terminating zero.
static inline int ccurl_set_body(CURL *handle, const void *bytes, size_t count) {
  int result = (int)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  return result ? result : (int)curl_easy_setopt(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline int ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return (int)curl_easy_setopt(handle, option, list);
}

static inline int ccurl_set_error_buffer(CURL *handle, char *buffer) {
  return (int)curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

// `context` reaches each callback and `ccurl_context`.
static inline int ccurl_set_callbacks(
    CURL *handle, void *context, ccurl_bytes_callback body, ccurl_bytes_callback header, ccurl_request_callback request) {
  int result = 0;
  result |= (int)curl_easy_setopt(handle, CURLOPT_PRIVATE, context);
  result |= (int)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  result |= (int)curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  result |= (int)curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  result |= (int)curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  result |= (int)curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, request);
  result |= (int)curl_easy_setopt(handle, CURLOPT_PREREQDATA, context);
  return result;
}

static inline void *ccurl_context(CURL *handle) {
  char *context = NULL;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &context);
  return context;
}

static inline long ccurl_status(CURL *handle) {
  long value = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &value);
  return value;
}

// Bytes of the request that were handed to the connection so far.
static inline long ccurl_request_bytes(CURL *handle) {
  long value = 0;
  curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &value);
  return value;
}

static inline long ccurl_new_connections(CURL *handle) {
  long value = 0;
  curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &value);
  return value;
}

static inline const char *ccurl_primary_address(CURL *handle) {
  char *value = NULL;
  curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &value);
  return value;
}

static inline int ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return (int)curl_multi_setopt(multi, option, value);
}

// Takes the next finished transfer: its handle, or null; `code` is its CURLcode.
static inline CURL *ccurl_next_finished(CURLM *multi, int *code) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg == CURLMSG_DONE) {
      *code = (int)message->data.result;
      return message->easy_handle;
    }
  }
  return NULL;
}

#endif
