defmodule Chat.Postgres.Supervisor do
  @moduledoc "The pool and its workers. Workers come after the pool: a new pool meets them all again."
  use Supervisor

  alias Chat.Postgres.{Pool, Sink, Worker}

  @doc "Options: `settings` (where Postgres is) and `size` (how many connections)."
  def start_link(options), do: Supervisor.start_link(__MODULE__, options, name: __MODULE__)

  @impl true
  def init(options) do
    workers =
      for number <- 1..options[:size] do
        Supervisor.child_spec({Worker, pool: Pool, settings: options[:settings]}, id: {Worker, number}, shutdown: 500)
      end

    Supervisor.init([Sink, {Pool, []}] ++ workers, strategy: :rest_for_one, max_restarts: 20, max_seconds: 10)
  end
end
