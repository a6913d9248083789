# Waiting for what must come costs nothing when it comes: the limits are for machines that are busy.
ExUnit.start(capture_log: false, max_cases: 4, assert_receive_timeout: 30_000, timeout: 300_000)
# Failures are provoked on purpose; what is written about them is tested in log_test.exs.
:logger.set_primary_config(:level, :none)
# They live as long as this process: the whole run.
Chat.Application.create_tables()
