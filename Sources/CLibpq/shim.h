// The only contact with libpq. Field codes of PQresultErrorField are character macros, which Swift does not import.
#ifndef BACKSTOP_CLIBPQ_SHIM_H
#define BACKSTOP_CLIBPQ_SHIM_H

#include <libpq-fe.h>

enum clibpq_diagnostic : int {
  CLIBPQ_SQLSTATE = PG_DIAG_SQLSTATE,
  CLIBPQ_MESSAGE = PG_DIAG_MESSAGE_PRIMARY,
  CLIBPQ_DETAIL = PG_DIAG_MESSAGE_DETAIL,
  CLIBPQ_TABLE = PG_DIAG_TABLE_NAME,
  CLIBPQ_COLUMN = PG_DIAG_COLUMN_NAME,
  CLIBPQ_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME,
};

static inline void clibpq_ignore_notice(void *unused, const char *message) {
  (void)unused;
  (void)message;
}

// libpq prints notices to stderr by default; a service's stderr belongs to its log.
static inline void clibpq_silence(PGconn *connection) {
  PQsetNoticeProcessor(connection, clibpq_ignore_notice, NULL);
}

static inline const char *clibpq_error_field(const PGresult *result, enum clibpq_diagnostic field) {
  return PQresultErrorField(result, (int)field);
}

#endif
