threads 1, 5
bind "tcp://0.0.0.0:#{ENV.fetch('PORT', 3000)}"
environment "production"
# Requests that run are finished after the stop signal, for as long as the stack's file says.
force_shutdown_after 25
