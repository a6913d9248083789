ExUnit.start(capture_log: false, max_cases: 4)
# Failures are provoked on purpose; what is written about them is tested in log_test.exs.
:logger.set_primary_config(:level, :none)
