defmodule Chat.Rooms.Room do
  @moduledoc """
  One room on one node. It gives each message once and in order to the members here, fills gaps from the store, and
  tells the room's processes on other nodes who is here. It ends when it has been empty for a while.

  Messages arrive from whichever node stored them, so a later one can overtake an earlier one by a moment: it waits
  for it that long, and only then reads the store.
  """
  use GenServer, restart: :temporary

  alias Chat.{Protocol, Store, WebSocket}
  alias Chat.Rooms.{Announcer, Groups, Presence}

  @registry Chat.Rooms.Registry
  # How long a message waits for its predecessor before the store is asked (ms).
  @patience 50
  # A wider gap is read by each member in pages, at the pace of its client.
  @widest_fill 500
  @fill_bytes 262_144
  # Who loses the connection and is back within this time (ms) was never away: nobody is told.
  @grace 2_000
  @empty_timeout 30_000

  def start_link(room), do: GenServer.start_link(__MODULE__, room, name: {:via, Registry, {@registry, room, 0}})

  @doc "How long an empty room stays open (ms): long enough for a client that reconnects."
  @spec empty_timeout() :: pos_integer
  def empty_timeout, do: Application.get_env(:chat, :room_empty_timeout, @empty_timeout)

  @impl true
  def init(room) do
    Process.flag(:message_queue_data, :off_heap)

    state = %{
      room: room,
      # The number of the last message that members were given; nil until the first one is seen.
      delivered: nil,
      pending: %{},
      target: 0,
      fill_timer: nil,
      # Process => {monitor, user}.
      members: %{},
      presence: %Presence{},
      announcer: Announcer.new(room),
      # The room's processes on other nodes => whether they understand differences.
      peers: %{},
      empty_timer: Process.send_after(self(), :empty, empty_timeout())
    }

    {:ok, meet(state)}
  end

  @impl true
  def handle_call({:subscribe, member, user, how}, _from, state) do
    if timer = state.empty_timer, do: Process.cancel_timer(timer)
    state = %{state | empty_timer: nil, announcer: Announcer.welcome(state.announcer, member, how)}

    # What is still waiting is in the store, where a new member reads.
    if Map.has_key?(state.members, member) do
      {:reply, :ok, state}
    else
      members = Map.put(state.members, member, {Process.monitor(member), user})
      {:reply, :ok, changed(%{state | members: members, presence: Presence.enter(state.presence, user)})}
    end
  end

  @impl true
  def handle_cast({:list, member}, state),
    do: {:noreply, tap(state, &Announcer.list(&1.announcer, member, &1.presence))}

  def handle_cast({:unsubscribe, member}, state), do: {:noreply, leave(state, member)}

  @impl true
  def handle_info({:publish, seq, _frame}, %{delivered: delivered} = state)
      when is_integer(delivered) and seq <= delivered,
      do: {:noreply, state}

  def handle_info({:publish, seq, frame}, %{delivered: nil} = state), do: {:noreply, deliver(state, seq, frame)}

  def handle_info({:publish, seq, frame}, state) do
    {:noreply, flush(%{state | pending: Map.put(state.pending, seq, frame), target: max(seq, state.target)})}
  end

  # The sweeper tells which message is the newest in the store. It also comes by for what `:pg` did not tell.
  def handle_info({:newest, seq}, state), do: {:noreply, state |> meet() |> newest(seq)}

  def handle_info(:fill, state), do: {:noreply, fill(%{state | fill_timer: nil})}

  # There are groups again, or for the first time.
  def handle_info(:groups, state), do: {:noreply, meet(state)}
  def handle_info({:peers, processes}, state), do: {:noreply, Enum.reduce(processes, state, &greet(&2, &1))}

  # A room on another node: all people there, that it understands differences, a difference.
  def handle_info({:users, peer, users}, state) do
    {:noreply, state |> know(peer) |> presence(&Presence.put_peer(&1, peer, users))}
  end

  def handle_info({:differences, peer}, state) do
    state = know(state, peer)
    {:noreply, %{state | peers: Map.put(state.peers, peer, true)}}
  end

  def handle_info({:users_changed, peer, joined, left}, state) do
    {:noreply, state |> know(peer) |> presence(&Presence.change_peer(&1, peer, joined, left))}
  end

  def handle_info({:DOWN, _reference, :process, gone, _why}, state) do
    if Map.has_key?(state.peers, gone) do
      state = %{state | peers: Map.delete(state.peers, gone)}
      {:noreply, presence(state, &Presence.drop_peer(&1, gone))}
    else
      {:noreply, leave(state, gone)}
    end
  end

  def handle_info({:gone, user_id}, state),
    do: {:noreply, changed(%{state | presence: Presence.gone(state.presence, user_id)})}

  def handle_info(:presence, state) do
    {announcer, presence} = Announcer.announce(state.announcer, Map.keys(state.members), state.presence)
    {:noreply, %{state | announcer: announcer, presence: presence}}
  end

  def handle_info(:empty, %{members: members} = state) when members == %{}, do: {:stop, :normal, state}
  def handle_info(_late, state), do: {:noreply, state}

  # ---- messages

  defp newest(%{delivered: nil} = state, seq), do: skip(state, seq)
  defp newest(%{delivered: delivered} = state, seq) when seq <= delivered, do: state
  defp newest(state, seq), do: arm(%{state | target: max(seq, state.target)})

  defp deliver(state, seq, frame) do
    for {member, _} <- state.members, do: send(member, {:room_frame, state.room, seq, frame})
    %{state | delivered: seq}
  end

  # Gives what is next in line, then waits for what is missing.
  defp flush(state) do
    case Map.pop(state.pending, state.delivered + 1) do
      {nil, _} ->
        if state.target > state.delivered, do: arm(state), else: state

      {frame, pending} ->
        flush(deliver(%{state | pending: pending}, state.delivered + 1, frame))
    end
  end

  defp arm(%{fill_timer: nil} = state), do: %{state | fill_timer: Process.send_after(self(), :fill, @patience)}
  defp arm(state), do: state

  defp fill(%{delivered: delivered, target: target} = state) when target <= delivered, do: state

  defp fill(%{delivered: delivered, target: target} = state) when target - delivered > @widest_fill,
    do: skip(state, target)

  defp fill(state) do
    # What is left of a long gap is filled by the next turn, which `flush/1` sees to.
    case Store.following(state.room, state.delivered, @widest_fill, @fill_bytes) do
      {:ok, messages, _more} ->
        state = Enum.reduce(messages, state, &deliver(&2, &1.seq, WebSocket.text(Protocol.message(&1))))
        flush(%{state | pending: Map.reject(state.pending, fn {seq, _} -> seq <= state.delivered end)})

      {:error, failure} ->
        # The sweeper comes by again when the store answers.
        Chat.Log.warning("missing messages cannot be read",
          room: state.room,
          error: Chat.Postgres.Pool.describe(failure)
        )

        state
    end
  end

  # Members read up to `seq` themselves.
  defp skip(state, seq) do
    for {member, _} <- state.members, do: send(member, {:room_seq, state.room, seq})
    pending = Map.reject(state.pending, fn {number, _} -> number <= seq end)
    flush(%{state | delivered: seq, pending: pending})
  end

  # ---- people

  defp leave(state, member) do
    case Map.pop(state.members, member) do
      {nil, _} ->
        state

      {{monitor, user}, members} ->
        Process.demonitor(monitor, [:flush])
        Process.send_after(self(), {:gone, user.id}, @grace)
        timer = if members == %{}, do: Process.send_after(self(), :empty, empty_timeout()), else: state.empty_timer
        announcer = Announcer.forget(state.announcer, member)
        state = %{state | members: members, empty_timer: timer, announcer: announcer}
        changed(%{state | presence: Presence.leave(state.presence, user.id)})
    end
  end

  defp presence(state, change), do: changed(%{state | presence: change.(state.presence)})

  # Becomes a member of the room's group, and meets those of other nodes that are not known yet.
  defp meet(state) do
    Groups.join(state.room)

    state.room
    |> Groups.elsewhere()
    |> Enum.reject(&Map.has_key?(state.peers, &1))
    |> Enum.reduce(state, &greet(&2, &1))
  end

  # The whole list is what version 1.0 understands, too.
  defp greet(state, peer) do
    send(peer, {:users, self(), Presence.users_here(state.presence)})
    send(peer, {:differences, self()})
    know(state, peer)
  end

  # Its end has to be watched here: `:pg` may know of it later, or never.
  defp know(state, peer) when is_map_key(state.peers, peer), do: state

  defp know(state, peer) do
    Process.monitor(peer)
    %{state | peers: Map.put(state.peers, peer, false), presence: Presence.put_peer(state.presence, peer, [])}
  end

  defp changed(state) do
    Registry.update_value(@registry, state.room, fn _ -> map_size(state.members) end)
    {{joined, left}, presence} = Presence.take_changes_here(state.presence)

    if joined != [] or left != [] do
      for {peer, differences?} <- state.peers do
        send(
          peer,
          if(differences?,
            do: {:users_changed, self(), joined, left},
            else: {:users, self(), Presence.users_here(presence)}
          )
        )
      end
    end

    %{state | presence: presence, announcer: Announcer.wake(state.announcer)}
  end
end
