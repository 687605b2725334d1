#!/bin/sh
# Rewrites sql/schema.snapshot.sql from the migrations, through the test that compares them. Run from anywhere.
set -eu
cd "$(dirname "$0")/.."
BACKSTOP_WRITE_SNAPSHOT=1 swift test --disable-xctest --filter MigrationFilesTests
git --no-pager diff --stat -- sql/schema.snapshot.sql
