defmodule Chat.Rooms do
  @moduledoc """
  Rooms that are open on this node. A room has at most one process per node (`Chat.Rooms.Room`); they find each other
  over the cluster as members of one `:pg` group.
  """

  alias Chat.Rooms.Room

  @scope Chat.Groups
  @registry Chat.Rooms.Registry

  @doc "The `:pg` scope that all nodes share."
  def scope, do: @scope

  @doc "The processes that every node runs for rooms. `sweep` is how often the store is asked for news (ms)."
  def children(sweep \\ 2_000) do
    [
      {Registry, keys: :unique, name: @registry},
      {DynamicSupervisor, name: Chat.Rooms.Supervisor, strategy: :one_for_one},
      {Chat.Rooms.Sweeper, interval: sweep}
    ]
  end

  @doc """
  Makes the caller a member of a room on this node. From now on it gets `{:room_frame, room, seq, frame}` for each
  message, in order, `{:room_frame, room, frame}` for presence, and `{:room_seq, room, seq}` when there are messages up
  to `seq` that it has to read from the store.
  """
  @spec subscribe(String.t(), Chat.Store.user()) :: pid
  def subscribe(room, user), do: subscribe(room, user, 5)

  defp subscribe(room, user, attempts) do
    process = open(room)

    try do
      :ok = GenServer.call(process, {:subscribe, self(), user})
      process
    catch
      # The room closed because it was empty; open it again.
      :exit, _ when attempts > 1 -> subscribe(room, user, attempts - 1)
    end
  end

  @doc "Hands a stored message to the room's process on each node. `frame` is ready to be sent to clients."
  @spec publish(String.t(), pos_integer, binary) :: :ok
  def publish(room, seq, frame) do
    for process <- :pg.get_members(@scope, {:room, room}), do: send(process, {:publish, seq, frame})
    :ok
  end

  @doc "Names of the rooms that are open on this node, with their processes."
  @spec open_here() :: [{String.t(), pid}]
  def open_here, do: Registry.select(@registry, [{{:"$1", :"$2", :_}, [], [{{:"$1", :"$2"}}]}])

  @doc "Rooms on this node with the number of their members here."
  @spec counts() :: [{String.t(), non_neg_integer}]
  def counts do
    Registry.select(@registry, [{{:"$1", :_, :"$2"}, [{:>, :"$2", 0}], [{{:"$1", :"$2"}}]}])
  end

  defp open(room) do
    case DynamicSupervisor.start_child(Chat.Rooms.Supervisor, {Room, room}) do
      {:ok, process} -> process
      {:error, {:already_started, process}} -> process
    end
  end
end
