defmodule Chat.Cluster do
  @moduledoc """
  Finds the other nodes and connects to them: every five seconds it looks up the A records of the names it was given
  (addresses stand for themselves) and connects to `chat@ADDRESS` for each. A node that is gone drops out by itself
  when its connection ends; one that the names no longer list is left alone, it may be draining.
  """
  use GenServer

  @interval 5_000
  @name "chat"

  @doc "Option `names`: DNS names or IPv4 addresses; none means a cluster of one."
  def start_link(options), do: GenServer.start_link(__MODULE__, options[:names], name: __MODULE__)

  @doc "All nodes of the cluster that are connected now, this one included, in order."
  @spec members() :: [node]
  def members, do: Enum.sort([node() | Node.list()])

  @doc "The nodes that addresses stand for, without `self`."
  @spec nodes_at([:inet.ip4_address()], node) :: [node]
  def nodes_at(addresses, self) do
    addresses |> Enum.uniq() |> Enum.map(&:"#{@name}@#{:inet.ntoa(&1)}") |> Enum.reject(&(&1 == self)) |> Enum.sort()
  end

  @impl true
  def init(names) do
    :net_kernel.monitor_nodes(true)
    {:ok, %{names: names, poll: nil, troubles: MapSet.new()}, {:continue, :poll}}
  end

  @impl true
  def handle_continue(:poll, state) do
    # Connecting to an address that does not answer takes seconds: not in this process.
    names = if Node.alive?(), do: state.names, else: []
    cluster = self()
    {_process, poll} = spawn_monitor(fn -> send(cluster, {:troubles, look(names)}) end)
    {:noreply, %{state | poll: poll}}
  end

  @impl true
  def handle_info(:poll, state), do: {:noreply, state, {:continue, :poll}}

  def handle_info({:DOWN, poll, :process, _, _}, %{poll: poll} = state) do
    Process.send_after(self(), :poll, @interval)
    {:noreply, state}
  end

  # Once for each, until it is gone: it is looked every five seconds.
  def handle_info({:troubles, now}, state) do
    for {what, which} <- MapSet.difference(now, state.troubles), do: Chat.Log.warning(what, peer: which)
    {:noreply, %{state | troubles: now}}
  end

  def handle_info({:nodeup, node}, state) do
    Chat.Log.info("node joined", peer: node, members: length(members()))
    {:noreply, state}
  end

  def handle_info({:nodedown, node}, state) do
    Chat.Log.info("node left", peer: node, members: length(members()))
    {:noreply, state}
  end

  def handle_info(_late, state), do: {:noreply, state}

  # Connects to whoever is found, and gives what did not work.
  defp look(names) do
    found = for name <- names, do: {name, look_up(name)}
    unknown = for {name, []} <- found, do: {"no node is found by this name", name}
    refused = for node <- found |> Enum.flat_map(&elem(&1, 1)) |> connect(), do: {"node cannot be connected to", node}
    MapSet.new(unknown ++ refused)
  end

  defp look_up(name) do
    host = to_charlist(name)

    with {:error, :einval} <- :inet.parse_ipv4strict_address(host) do
      case :inet_res.lookup(host, :in, :a, timeout: 1_000, retry: 2) do
        # What only /etc/hosts knows.
        [] ->
          with {:ok, {:hostent, _, _, :inet, 4, found}} <- :inet.gethostbyname(host, :inet), do: found, else: (_ -> [])

        found ->
          found
      end
    else
      {:ok, address} -> [address]
    end
  end

  defp connect(addresses) do
    missing = nodes_at(addresses, node()) -- Node.list()

    # Each address that does not answer would hold up the others.
    Task.async_stream(missing, &:net_kernel.connect_node/1,
      max_concurrency: 16,
      timeout: 10_000,
      on_timeout: :kill_task
    )
    |> Enum.zip(missing)
    |> Enum.flat_map(fn {result, node} -> if result == {:ok, true}, do: [], else: [node] end)
  end
end
