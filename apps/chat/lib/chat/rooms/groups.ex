defmodule Chat.Rooms.Groups do
  @moduledoc """
  Tells the rooms of this node who runs the same room elsewhere. The rooms are members of `:pg` groups; this process
  watches the groups for them and is a member of none: before OTP 26.2 `:pg` dies when a process ends that is both
  (erlang/otp#7625; which of its two monitors fires first decides, so no order of the calls is safe).

  It starts after `:pg`, and again after every new one, and then tells all rooms to become members again.
  """
  use GenServer

  alias Chat.Rooms

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "The process of the groups, and this one after it."
  def children, do: [%{id: :pg, start: {:pg, :start_link, [Rooms.scope()]}}, __MODULE__]

  @doc "Makes the calling process a member of its room's group, once. False when there are no groups just now."
  @spec join(String.t()) :: boolean
  def join(room) do
    self() in :pg.get_local_members(Rooms.scope(), {:room, room}) or
      :pg.join(Rooms.scope(), {:room, room}, self()) == :ok
  catch
    :exit, _ -> false
  end

  @doc "The processes of a room on other nodes."
  @spec elsewhere(String.t()) :: [pid]
  def elsewhere(room),
    do: for(process <- :pg.get_members(Rooms.scope(), {:room, room}), node(process) != node(), do: process)

  @impl true
  def init(_) do
    {reference, _groups} = :pg.monitor_scope(Rooms.scope())
    for {_room, process} <- Rooms.open_here(), do: send(process, :groups)
    {:ok, reference}
  end

  @impl true
  def handle_info({reference, :join, {:room, room}, processes}, reference) do
    others = Enum.reject(processes, &(node(&1) == node()))
    with process when others != [] and process != nil <- Rooms.process(room), do: send(process, {:peers, others})
    {:noreply, reference}
  end

  # Who leaves is watched by the rooms themselves.
  def handle_info(_other, reference), do: {:noreply, reference}
end
