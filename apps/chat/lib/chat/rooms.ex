defmodule Chat.Rooms do
  @moduledoc """
  Rooms that are open on this node. A room has at most one process per node (`Chat.Rooms.Room`); they find each other
  over the cluster as members of one `:pg` group.
  """

  alias Chat.Rooms.Room

  @scope Chat.Groups
  @registry Chat.Rooms.Registry
  @supervisor Chat.Rooms.Supervisor

  @doc "The `:pg` scope that all nodes share."
  def scope, do: @scope

  @doc """
  The processes that every node runs for rooms; a lost one takes those after it along. `sweep` is how often the store is
  asked for news (ms).
  """
  def children(sweep \\ 2_000) do
    [
      {Registry, keys: :unique, name: @registry},
      {DynamicSupervisor, name: @supervisor, strategy: :one_for_one},
      {Chat.Rooms.Sweeper, interval: sweep}
    ]
  end

  @doc """
  Makes the caller a member of a room on this node. From now on it gets `{:room_frame, room, seq, frame}` for each
  message, in order, `{:room_frame, room, frame}` for presence, and `{:room_seq, room, seq}` when there are messages up
  to `seq` that it has to read from the store. `presence` is `:changes` for a client that understands differences and
  `:list` for one that wants the whole list each time.
  """
  @spec subscribe(String.t(), Chat.Store.user(), :list | :changes) :: {:ok, pid} | {:error, :unavailable}
  def subscribe(room, user, presence \\ :list), do: subscribe(room, user, presence, 5)

  defp subscribe(_room, _user, _presence, 0), do: {:error, :unavailable}

  defp subscribe(room, user, presence, attempts) do
    with {:ok, process} <- open(room) do
      :ok = GenServer.call(process, {:subscribe, self(), user, presence})
      {:ok, process}
    end
  catch
    # The room closed because it was empty: open it again.
    :exit, _ -> subscribe(room, user, presence, attempts - 1)
  end

  @doc "Ends the caller's membership."
  @spec unsubscribe(pid) :: :ok
  def unsubscribe(process), do: GenServer.cast(process, {:unsubscribe, self()})

  @doc "Sends the caller the list of who is in the room, as `{:room_frame, room, frame}`."
  @spec list(pid) :: :ok
  def list(process), do: GenServer.cast(process, {:list, self()})

  @doc "Hands a stored message to the room's process on each node. `frame` is ready to be sent to clients."
  @spec publish(String.t(), pos_integer, binary) :: :ok
  def publish(room, seq, frame) do
    # The one here does not depend on the groups.
    everywhere = [process(room) | :pg.get_members(@scope, {:room, room})]
    for process <- Enum.uniq(everywhere), process != nil, do: send(process, {:publish, seq, frame})
    :ok
  end

  @doc "Names of the rooms that are open on this node, with their processes."
  @spec open_here() :: [{String.t(), pid}]
  def open_here, do: select([{{:"$1", :"$2", :_}, [], [{{:"$1", :"$2"}}]}])

  @doc "Rooms on this node with the number of their members here."
  @spec counts() :: [{String.t(), non_neg_integer}]
  def counts, do: select([{{:"$1", :_, :"$2"}, [{:>, :"$2", 0}], [{{:"$1", :"$2"}}]}])

  @doc "The process of a room on this node, if it is open."
  @spec process(String.t()) :: pid | nil
  def process(room) do
    with [{process, _}] <- Registry.lookup(@registry, room), do: process, else: (_ -> nil)
  rescue
    # There is no registry just now, and so no room.
    ArgumentError -> nil
  end

  defp select(pattern) do
    Registry.select(@registry, pattern)
  rescue
    ArgumentError -> []
  end

  defp open(room) do
    case DynamicSupervisor.start_child(@supervisor, {Room, room}) do
      {:ok, process} -> {:ok, process}
      {:error, {:already_started, process}} -> {:ok, process}
      {:error, _} -> {:error, :unavailable}
    end
  catch
    :exit, _ -> {:error, :unavailable}
  end
end
