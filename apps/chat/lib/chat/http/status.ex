defmodule Chat.Http.Status do
  @moduledoc """
  The status page: this node, the cluster, connections and rooms, for people. It holds no names of users. However many
  people look, the cluster is asked once a second.
  """
  use GenServer

  alias Chat.Http.Response
  alias Chat.{Cluster, Drain, Health, Rooms, Settings, Sockets}

  # A node that does not answer within this time (ms) is shown without numbers.
  @patience 500
  @fresh 1_000
  @folder "priv/status"
  @csp "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

  @doc "The page. It gets its numbers from /status.json, every two seconds."
  @spec page() :: Response.t()
  def page do
    {status, headers, body} = asset("index.html", "text/html; charset=utf-8")
    {status, [{"content-security-policy", @csp}, {"x-content-type-options", "nosniff"} | headers], body}
  end

  @doc "A file of the page."
  @spec asset(String.t(), String.t()) :: Response.t()
  def asset(name, type) do
    body = :chat |> Application.app_dir(@folder) |> Path.join(name) |> File.read!()
    {200, [{"content-type", type}, {"cache-control", "no-cache"}], body}
  end

  @doc "What the page shows, as JSON."
  @spec numbers_page() :: Response.t()
  def numbers_page do
    GenServer.call(__MODULE__, :response)
  catch
    :exit, _ -> Response.problem(503, "busy", "the cluster did not answer in time")
  end

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, {nil, nil}}

  @impl true
  def handle_call(:response, _from, {response, made}) do
    now = System.monotonic_time(:millisecond)

    if made && now - made < @fresh do
      {:reply, response, {response, made}}
    else
      response = Response.json(200, data())
      {:reply, response, {response, now}}
    end
  end

  @impl true
  def handle_info(_late, state), do: {:noreply, state}

  defp data do
    settings = Settings.get()
    nodes = Cluster.members()
    answers = Enum.zip(nodes, :erpc.multicall(nodes, __MODULE__, :numbers, [], @patience))
    numbers = for {node, {:ok, numbers}} <- answers, into: %{}, do: {node, numbers}

    rooms =
      numbers |> Map.values() |> Enum.map(& &1.rooms) |> Enum.reduce(%{}, &Map.merge(&1, &2, fn _, a, b -> a + b end))

    {[
       node: node(),
       stage: settings.stage,
       version: settings.version,
       connections: numbers |> Map.values() |> Enum.map(& &1.connections) |> Enum.sum(),
       rooms: map_size(rooms),
       nodes:
         for(
           node <- nodes,
           do: {[name: node, self: node == node()] ++ Map.to_list(Map.delete(numbers[node] || %{}, :rooms))}
         ),
       busiest: busiest(rooms, settings.status_rooms)
     ]}
  end

  @doc "The numbers of this node; called by the node that shows the page."
  @spec numbers() :: map
  def numbers do
    {uptime, _} = :erlang.statistics(:wall_clock)

    %{
      connections: Sockets.count(),
      rooms: Map.new(Rooms.counts()),
      uptime: div(uptime, 1000),
      memory: :erlang.memory(:total),
      version: Settings.get().version,
      state: state(Drain.draining?(), Health.ready())
    }
  end

  defp state(true, _), do: "draining"
  defp state(false, :ok), do: "ready"
  defp state(false, _), do: "not ready"

  # Names of rooms are told to whoever can open the page only where STATUS_ROOMS=names says so.
  defp busiest(_rooms, :count), do: nil

  defp busiest(rooms, :names) do
    for {room, members} <- rooms |> Enum.sort_by(fn {room, members} -> {-members, room} end) |> Enum.take(12),
        do: {[room: room, connections: members]}
  end
end
