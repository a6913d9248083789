require_relative "application"

# Sidekiq 6.4 calls Redis as its library of that time wanted it.
Redis.silence_deprecations = true

# One user and one database of Redis; the keys of Sidekiq have no prefix.
Sidekiq.configure_server { |config| config.redis = { url: ENV["REDIS_URL"] } }
Sidekiq.configure_client { |config| config.redis = { url: ENV["REDIS_URL"] } }

Rails.application.initialize!
