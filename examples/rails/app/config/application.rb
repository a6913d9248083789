require "rails"
require "active_job/railtie"
require "active_record/railtie"
require "action_controller/railtie"
require "action_view/railtie"
require "sidekiq"

class Desk < Rails::Application
  config.root = File.expand_path("..", __dir__)
  config.load_defaults 6.1
  config.eager_load = true
  config.hosts.clear
  config.active_job.queue_adapter = :sidekiq
  config.active_record.schema_format = :sql
  # The image holds one schema file for nobody: the database is the one that the migrations made.
  config.active_record.dump_schema_after_migration = false
  config.logger = ActiveSupport::Logger.new($stdout)
  config.log_level = :info
  config.colorize_logging = false
  config.log_tags = [:request_id]
  config.paths["tmp"] = "/tmp"
  # The stack file has it in generated. Building the image has no use for it.
  config.secret_key_base = ENV.fetch("SECRET_KEY_BASE") { SecureRandom.hex(64) }
end
