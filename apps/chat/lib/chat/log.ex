defmodule Chat.Log do
  @moduledoc """
  One JSON object per line on stdout: time, level, role, stage, version, node, msg, and the fields of the event
  (`requestId`, `connectionId`, ...). Callers never pass a token, a password or the body of a message.
  """

  @doc "Says what every line of this node carries, and the least severe level that is written."
  @spec setup(Chat.Settings.t()) :: :ok
  def setup(settings) do
    :ok = :logger.set_primary_config(:level, settings.log_level)
    :persistent_term.put({__MODULE__, :common}, role: "chat", stage: settings.stage, version: settings.version)
  end

  @doc "Makes the log of OTP write JSON to stdout; before `setup/1`, so that wrong settings are told in JSON, too."
  @spec start() :: :ok
  def start do
    _ = :logger.remove_handler(:default)

    :ok =
      :logger.add_handler(:default, :logger_std_h, %{
        # A thousand sockets that close at once are a thousand lines, not an overload.
        config: %{type: :standard_io, burst_limit_enable: false, drop_mode_qlen: 10_000, flush_qlen: 20_000},
        formatter: {Chat.Log.Formatter, %{}},
        filters: [progress: {&:logger_filters.progress/2, :stop}, driver: {&__MODULE__.drop_driver/2, :none}]
      })
  end

  @doc false
  def common, do: :persistent_term.get({__MODULE__, :common}, role: "chat")

  for level <- [:debug, :info, :notice, :warning, :error] do
    @doc "Writes a line with level #{level}."
    @spec unquote(level)(String.t(), keyword) :: :ok
    def unquote(level)(message, fields \\ []) do
      :logger.log(unquote(level), %{event: message, fields: fields}, %{domain: [:chat]})
    end
  end

  @doc """
  A logger filter that drops what OTP says about the processes of the Postgres driver: their state holds the password
  and their last message the parameters of a query. `Chat.Postgres.Worker` reports their end itself.
  """
  def drop_driver(%{meta: %{gl: leader}} = event, _extra) do
    if is_pid(leader) and leader == Process.whereis(Chat.Postgres.Sink), do: :stop, else: event
  end

  def drop_driver(event, _extra), do: event
end
