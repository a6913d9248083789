defmodule Chat.Census do
  @moduledoc """
  A list of processes, each with what is known of it. The rows are in a table of the application, so the list outlives
  the process that takes the dead ones out: a new one goes over the table and watches whoever is in it. Nobody on the
  list is linked to anything, so the end of this process costs nobody.
  """
  use GenServer

  @doc "Creates the table `name`; its owner, the application, outlives every other process."
  @spec create(atom) :: atom
  def create(name), do: :ets.new(name, [:named_table, :public, write_concurrency: true, read_concurrency: true])

  def child_spec(name), do: %{id: name, start: {__MODULE__, :start_link, [name]}}
  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: name)

  @doc "Puts a process on the list, until it ends."
  @spec add(atom, pid, term) :: :ok
  def add(name, process, info) do
    :ets.insert(name, {process, info, 0})
    # When nobody listens just now, the next one finds the row.
    GenServer.cast(name, {:watch, process})
  end

  @doc "Adds to the number that is kept beside a process (0 at first) and gives the sum."
  @spec count_up(atom, pid, integer) :: integer
  def count_up(name, process, number), do: :ets.update_counter(name, process, {3, number}, {process, nil, 0})

  @doc "Sets that number to 0."
  @spec reset(atom, pid) :: boolean
  def reset(name, process), do: :ets.update_element(name, process, {3, 0})

  @doc "How many there are."
  @spec size(atom) :: non_neg_integer
  def size(name), do: :ets.info(name, :size)

  @doc "All of them: process, what is known of it, its number."
  @spec all(atom) :: [{pid, term, integer}]
  def all(name), do: :ets.tab2list(name)

  @impl true
  def init(name) do
    for {process, _, _} <- all(name), do: Process.monitor(process)
    {:ok, name}
  end

  @impl true
  def handle_cast({:watch, process}, name) do
    Process.monitor(process)
    {:noreply, name}
  end

  @impl true
  def handle_info({:DOWN, _, :process, process, _}, name) do
    :ets.delete(name, process)
    {:noreply, name}
  end

  def handle_info(_late, name), do: {:noreply, name}
end
