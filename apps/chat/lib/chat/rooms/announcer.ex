defmodule Chat.Rooms.Announcer do
  @moduledoc """
  Tells the members of a room on this node who is in it, at a price that does not grow with the square of their number.
  A client that understands differences gets the list once and then who came and who left; in a large room it gets the
  number alone, and the list when it asks. A client of version 1.0 gets the list each time. All of it together is kept
  below a number of bytes per second for each room and node: the larger the room, the rarer the news.
  """

  alias Chat.{Protocol, WebSocket}
  alias Chat.Rooms.Presence

  # Changes within this time become one frame (ms).
  @delay 150
  # In a room of more people than this, only their number is told.
  @largest_list 100
  # So many are listed for whoever asks.
  @longest_answer 500
  # Bytes per millisecond that news of one room may take on this node: 100 KB/s.
  @pace 100

  defstruct [:room, :timer, how: %{}, fresh: [], not_before: nil, listed?: true]

  @type t :: %__MODULE__{}

  @doc "Nobody has been told anything yet."
  @spec new(String.t()) :: t
  def new(room), do: %__MODULE__{room: room}

  @doc "A member that has to be told who is there, in the way it understands."
  @spec welcome(t, pid, :list | :changes) :: t
  def welcome(announcer, member, how),
    do: wake(%{announcer | how: Map.put(announcer.how, member, how), fresh: [member | announcer.fresh]})

  @doc "A member is gone."
  @spec forget(t, pid) :: t
  def forget(announcer, member),
    do: %{announcer | how: Map.delete(announcer.how, member), fresh: List.delete(announcer.fresh, member)}

  @doc "Something may have changed: the caller gets `:presence` when it is time to `announce/3`."
  @spec wake(t) :: t
  def wake(%{timer: nil} = announcer), do: %{announcer | timer: Process.send_after(self(), :presence, @delay)}
  def wake(announcer), do: announcer

  @doc "Sends one member the list."
  @spec list(t, pid, Presence.t()) :: term
  def list(announcer, member, presence),
    do: tell(announcer.room, [member], listed(announcer.room, presence, @longest_answer))

  @doc "Tells new members who is there and, when it is time, all others what has changed."
  @spec announce(t, [pid], Presence.t()) :: {t, Presence.t()}
  def announce(announcer, members, presence) do
    now = System.monotonic_time(:millisecond)
    greet(announcer, presence)
    others = members -- announcer.fresh
    announcer = %{announcer | timer: nil, fresh: []}

    cond do
      not Presence.changed?(presence) ->
        {announcer, presence}

      announcer.not_before != nil and now < announcer.not_before ->
        {%{announcer | timer: Process.send_after(self(), :presence, announcer.not_before - now)}, presence}

      true ->
        {changes, presence} = Presence.take_changes(presence)
        bytes = if changes == {[], []}, do: 0, else: news(announcer, others, changes, presence)
        listed? = Presence.count(presence) <= @largest_list
        {%{announcer | not_before: now + div(bytes, @pace), listed?: listed?}, presence}
    end
  end

  defp greet(%{fresh: []}, _presence), do: 0

  defp greet(announcer, presence) do
    {lists, changes} = split(announcer, Enum.uniq(announcer.fresh))
    first(announcer.room, lists, fn -> listed(announcer.room, presence, :all) end)
    first(announcer.room, changes, fn -> state(announcer.room, presence) end)
  end

  defp news(announcer, members, {joined, left}, presence) do
    {lists, changes} = split(announcer, members)
    room = announcer.room
    count = Presence.count(presence)

    difference = fn ->
      # A room that has become small enough to be listed is listed once.
      if count <= @largest_list and announcer.listed?,
        do: text(Protocol.presence_change(room, joined, left, count)),
        else: state(room, presence)
    end

    first(room, lists, fn -> listed(room, presence, :all) end) + first(room, changes, difference)
  end

  defp split(announcer, members), do: Enum.split_with(members, &(announcer.how[&1] != :changes))

  defp state(room, presence) do
    if Presence.count(presence) <= @largest_list,
      do: listed(room, presence, :all),
      else: text(Protocol.presence_count(room, Presence.count(presence)))
  end

  defp listed(room, presence, most),
    do: text(Protocol.presence(room, Presence.users(presence, most), Presence.count(presence)))

  # One binary for all, made only when somebody gets it; gives the bytes that it costs.
  defp first(_room, [], _make), do: 0
  defp first(room, members, make), do: tell(room, members, make.())

  defp tell(room, members, frame) do
    for member <- members, do: send(member, {:room_frame, room, frame})
    length(members) * byte_size(frame)
  end

  defp text(payload), do: WebSocket.text(payload)
end
