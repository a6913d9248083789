require_relative "application"

# Sidekiq 6.4 calls Redis as its library of that time wanted it.
Redis.silence_deprecations = true

# The keys of Sidekiq have no prefix. The server's certificate is of the stack's own authority.
REDIS = { url: ENV["REDIS_URL"], ssl_params: { ca_file: ENV["REDIS_CA"] } }.freeze
Sidekiq.configure_server { |config| config.redis = REDIS }
Sidekiq.configure_client { |config| config.redis = REDIS }

Rails.application.initialize!
