-- A gap in the stream is closed by a complete sweep within ten minutes.
select account, epoch, reason, started_at from backstop.gaps
 where ended_at is null and started_at < now() - interval '10 minutes';
