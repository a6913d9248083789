defmodule Chat.Rooms.Presence do
  @moduledoc """
  Who is in a room: people of this node and, by the room's process there, those of each other node. For each person it
  counts in how many of these places they are, so a change costs the same in a room of ten and of ten thousand. It
  remembers what has changed since the members here, and since the other nodes, were told. Pure.
  """

  @type user :: Chat.Store.user()
  @type changes :: {joined :: [user], left :: [String.t()]}

  defstruct here: %{}, elsewhere: %{}, all: %{}, untold: %{}, untold_elsewhere: %{}

  @typedoc "`untold`: what each person was (in the room or not) when others were told last."
  @type t :: %__MODULE__{}

  @doc "One more connection of a person on this node."
  @spec enter(t, user) :: t
  def enter(presence, %{id: id} = user) do
    case presence.here do
      %{^id => {known, count}} -> %{presence | here: Map.put(presence.here, id, {known, count + 1})}
      here -> %{presence | here: Map.put(here, id, {user, 1})} |> note_elsewhere(id, nil) |> add(user)
    end
  end

  @doc "One connection of a person less. They stay in the room until `gone/2`, for they may be about to come back."
  @spec leave(t, String.t()) :: t
  def leave(presence, id) do
    %{presence | here: Map.update!(presence.here, id, fn {user, count} -> {user, count - 1} end)}
  end

  @doc "Takes a person out, if they have no connection to this node."
  @spec gone(t, String.t()) :: t
  def gone(presence, id) do
    case presence.here do
      %{^id => {user, 0}} ->
        %{presence | here: Map.delete(presence.here, id)} |> note_elsewhere(id, user) |> remove(id)

      _ ->
        presence
    end
  end

  @doc "The people of another node."
  @spec put_peer(t, pid, [user]) :: t
  def put_peer(presence, peer, users) do
    before = Map.get(presence.elsewhere, peer, %{})
    now = Map.new(users, &{&1.id, &1})
    joined = for {id, user} <- now, not Map.has_key?(before, id), do: user
    change_peer(presence, peer, joined, Map.keys(before) -- Map.keys(now))
  end

  @doc "What has changed on another node."
  @spec change_peer(t, pid, [user], [String.t()]) :: t
  def change_peer(presence, peer, joined, left) do
    before = Map.get(presence.elsewhere, peer, %{})
    joined = Enum.reject(joined, &Map.has_key?(before, &1.id))
    left = Enum.filter(left, &Map.has_key?(before, &1))
    now = before |> Map.drop(left) |> Map.merge(Map.new(joined, &{&1.id, &1}))
    presence = %{presence | elsewhere: Map.put(presence.elsewhere, peer, now)}
    Enum.reduce(left, Enum.reduce(joined, presence, &add(&2, &1)), &remove(&2, &1))
  end

  @doc "Another node runs the room no longer."
  @spec drop_peer(t, pid) :: t
  def drop_peer(presence, peer) do
    {users, elsewhere} = Map.pop(presence.elsewhere, peer, %{})
    Enum.reduce(Map.keys(users), %{presence | elsewhere: elsewhere}, &remove(&2, &1))
  end

  @doc "The room's processes on other nodes."
  @spec peers(t) :: [pid]
  def peers(presence), do: Map.keys(presence.elsewhere)

  @doc "How many people are in the room."
  @spec count(t) :: non_neg_integer
  def count(presence), do: map_size(presence.all)

  @doc "Who is in the room, by name; at most `most` of them."
  @spec users(t, pos_integer | :all) :: [user]
  def users(presence, most \\ :all) do
    users = sort(for {_, {user, _}} <- presence.all, do: user)
    if most == :all, do: users, else: Enum.take(users, most)
  end

  @doc "Who is on this node."
  @spec users_here(t) :: [user]
  def users_here(presence), do: sort(for {_, {user, _}} <- presence.here, do: user)

  @doc "Whether `take_changes/1` has anything to tell."
  @spec changed?(t) :: boolean
  def changed?(presence), do: presence.untold != %{}

  @doc "Who came and who left since this was asked last. Who did both is not told of."
  @spec take_changes(t) :: {changes, t}
  def take_changes(presence) do
    present = for {id, {user, _}} <- Map.take(presence.all, Map.keys(presence.untold)), into: %{}, do: {id, user}
    {changes(presence.untold, present), %{presence | untold: %{}}}
  end

  @doc "The same for this node alone: what other nodes have to be told."
  @spec take_changes_here(t) :: {changes, t}
  def take_changes_here(presence) do
    ids = Map.keys(presence.untold_elsewhere)
    present = for {id, {user, _}} <- Map.take(presence.here, ids), into: %{}, do: {id, user}
    {changes(presence.untold_elsewhere, present), %{presence | untold_elsewhere: %{}}}
  end

  defp changes(untold, present) do
    joined = for {id, nil} <- untold, user = present[id], do: user
    left = for {id, before} <- untold, before != nil, not Map.has_key?(present, id), do: id
    {sort(joined), Enum.sort(left)}
  end

  defp add(presence, %{id: id} = user) do
    case presence.all do
      %{^id => {known, places}} -> %{presence | all: Map.put(presence.all, id, {known, places + 1})}
      all -> note(%{presence | all: Map.put(all, id, {user, 1})}, id, nil)
    end
  end

  defp remove(presence, id) do
    case presence.all do
      %{^id => {user, 1}} -> note(%{presence | all: Map.delete(presence.all, id)}, id, user)
      %{^id => {user, places}} -> %{presence | all: Map.put(presence.all, id, {user, places - 1})}
    end
  end

  # The first change since the last telling says what the others know.
  defp note(presence, id, before), do: %{presence | untold: Map.put_new(presence.untold, id, before)}

  defp note_elsewhere(presence, id, before),
    do: %{presence | untold_elsewhere: Map.put_new(presence.untold_elsewhere, id, before)}

  defp sort(users), do: Enum.sort_by(users, &{&1.name, &1.id})
end
