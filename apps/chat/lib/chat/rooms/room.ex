defmodule Chat.Rooms.Room do
  @moduledoc """
  One room on one node. It gives each message once and in order to the members here, fills gaps from the store, and
  tells the room's processes on other nodes who is here. It ends when it has been empty for a while.

  Messages arrive from whichever node stored them, so a later one can overtake an earlier one by a moment: it waits
  for it that long, and only then reads the store.
  """
  use GenServer, restart: :temporary

  alias Chat.{Protocol, Rooms, Store, WebSocket}

  @registry Chat.Rooms.Registry
  # How long a message waits for its predecessor before the store is asked (ms).
  @patience 50
  # A wider gap is read by each member in pages, at the pace of its client.
  @widest_fill 500
  # Changes of presence within this time become one frame (ms).
  @presence_delay 150
  @empty_timeout 30_000

  def start_link(room), do: GenServer.start_link(__MODULE__, room, name: {:via, Registry, {@registry, room, 0}})

  @impl true
  def init(room) do
    Process.flag(:message_queue_data, :off_heap)
    {_reference, others} = :pg.monitor(Rooms.scope(), {:room, room})
    :ok = :pg.join(Rooms.scope(), {:room, room}, self())

    {:ok,
     %{
       room: room,
       # The number of the last message that members were given; nil until the first one is seen.
       delivered: nil,
       pending: %{},
       target: 0,
       fill_timer: nil,
       members: %{},
       # Users on other nodes: process of the room there => list of users.
       elsewhere: Map.new(others, &{&1, []}),
       presence_timer: nil,
       last_presence: nil,
       # Members that have not been told yet who is here.
       fresh: [],
       empty_timer: Process.send_after(self(), :empty, @empty_timeout)
     }}
  end

  @impl true
  def handle_call({:subscribe, member, user}, _from, state) do
    if timer = state.empty_timer, do: Process.cancel_timer(timer)

    reference =
      if Map.has_key?(state.members, member), do: elem(state.members[member], 0), else: Process.monitor(member)

    members = Map.put(state.members, member, {reference, user})
    # What is still waiting is in the store, where a new member reads.
    {:reply, :ok, changed(%{state | members: members, empty_timer: nil, fresh: [member | state.fresh]})}
  end

  @impl true
  def handle_info({:publish, seq, _frame}, %{delivered: delivered} = state)
      when is_integer(delivered) and seq <= delivered,
      do: {:noreply, state}

  def handle_info({:publish, seq, frame}, %{delivered: nil} = state), do: {:noreply, deliver(state, seq, frame)}

  def handle_info({:publish, seq, frame}, state) do
    {:noreply, flush(%{state | pending: Map.put(state.pending, seq, frame), target: max(seq, state.target)})}
  end

  # The sweeper tells which message is the newest in the store.
  def handle_info({:newest, seq}, %{delivered: nil} = state), do: {:noreply, skip(state, seq)}
  def handle_info({:newest, seq}, %{delivered: delivered} = state) when seq <= delivered, do: {:noreply, state}
  def handle_info({:newest, seq}, state), do: {:noreply, arm(%{state | target: max(seq, state.target)})}

  def handle_info(:fill, state), do: {:noreply, fill(%{state | fill_timer: nil})}

  def handle_info({:users, process, users}, state) do
    # It can come before `:pg` knows its sender, whose end then has to be watched here.
    if not Map.has_key?(state.elsewhere, process), do: Process.monitor(process)
    {:noreply, changed(%{state | elsewhere: Map.put(state.elsewhere, process, users)})}
  end

  def handle_info({_reference, :join, _group, processes}, state) do
    others = Enum.reject(processes, &(&1 == self()))
    for process <- others, do: send(process, {:users, self(), users_here(state)})
    {:noreply, %{state | elsewhere: Map.merge(Map.new(others, &{&1, []}), state.elsewhere)}}
  end

  def handle_info({_reference, :leave, _group, processes}, state) do
    {:noreply, changed(%{state | elsewhere: Map.drop(state.elsewhere, processes)})}
  end

  def handle_info({:DOWN, _reference, :process, gone, _why}, state) do
    state = changed(%{state | members: Map.delete(state.members, gone), elsewhere: Map.delete(state.elsewhere, gone)})

    if state.members == %{} and state.empty_timer == nil,
      do: {:noreply, %{state | empty_timer: Process.send_after(self(), :empty, @empty_timeout)}},
      else: {:noreply, state}
  end

  def handle_info(:presence, state), do: {:noreply, tell_presence(%{state | presence_timer: nil})}

  def handle_info(:empty, %{members: members} = state) when members == %{}, do: {:stop, :normal, state}
  def handle_info(_late, state), do: {:noreply, state}

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
    case Store.following(state.room, state.delivered, @widest_fill) do
      {:ok, messages} ->
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

  defp changed(state) do
    users = users_here(state)
    Registry.update_value(@registry, state.room, fn _ -> map_size(state.members) end)

    if users != Process.put(:users_here, users),
      do: for({process, _} <- state.elsewhere, do: send(process, {:users, self(), users}))

    if state.presence_timer,
      do: state,
      else: %{state | presence_timer: Process.send_after(self(), :presence, @presence_delay)}
  end

  defp users_here(state) do
    state.members |> Enum.map(fn {_, {_, user}} -> user end) |> Enum.uniq_by(& &1.id) |> Enum.sort_by(&{&1.name, &1.id})
  end

  defp tell_presence(state) do
    users =
      [users_here(state) | Map.values(state.elsewhere)]
      |> Enum.concat()
      |> Enum.uniq_by(& &1.id)
      |> Enum.sort_by(&{&1.name, &1.id})

    receivers = if users == state.last_presence, do: Enum.uniq(state.fresh), else: Map.keys(state.members)
    frame = WebSocket.text(Protocol.presence(state.room, users))
    for member <- receivers, do: send(member, {:room_frame, state.room, frame})
    %{state | last_presence: users, fresh: []}
  end
end
