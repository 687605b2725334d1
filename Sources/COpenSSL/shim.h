// What Swift cannot import from OpenSSL's headers: function-like macros, structured constants, macros behind macros.
// Everything else is called directly.
#ifndef BACKSTOP_COPENSSL_H
#define BACKSTOP_COPENSSL_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// ---- TLS

static inline int copenssl_ctx_set_min_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int copenssl_ctx_set_max_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}

// No renegotiation (TLS 1.2), no compression (CRIME), no session tickets kept.
static inline void copenssl_ctx_set_safe_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// Writes may be partial and retried from another buffer address: our queue moves its bytes.
static inline void copenssl_ctx_set_write_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static inline int copenssl_set_sni(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

// ---- certificates

static inline EVP_PKEY *_Nullable copenssl_generate_p256(void) { return EVP_EC_gen("P-256"); }

static inline EVP_PKEY *_Nullable copenssl_generate_rsa(unsigned int bits) { return EVP_RSA_gen(bits); }

static inline EVP_PKEY *_Nullable copenssl_generate_ed25519(void) {
  return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

enum : int {
  COPENSSL_ED25519 = EVP_PKEY_ED25519,
  COPENSSL_RSA = EVP_PKEY_RSA,
};

// 1 on success. `value` is OpenSSL's configuration syntax, such as "DNS:localhost,IP:127.0.0.1".
static inline int copenssl_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
  if (extension == NULL) return 0;
  int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  return added;
}

enum : int {
  COPENSSL_BASIC_CONSTRAINTS = NID_basic_constraints,
  COPENSSL_KEY_USAGE = NID_key_usage,
  COPENSSL_EXT_KEY_USAGE = NID_ext_key_usage,
  COPENSSL_SUBJECT_ALT_NAME = NID_subject_alt_name,
  COPENSSL_SUBJECT_KEY_ID = NID_subject_key_identifier,
  COPENSSL_AUTHORITY_KEY_ID = NID_authority_key_identifier,
};

// The bytes of a memory BIO, without copying. Valid until the BIO is written to or freed.
static inline long copenssl_bio_bytes(BIO *bio, char *_Nullable *_Nonnull bytes) {
  return BIO_get_mem_data(bio, bytes);
}

// ---- errors

static inline int copenssl_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

#pragma clang assume_nonnull end
#endif
