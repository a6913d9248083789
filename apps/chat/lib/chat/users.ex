defmodule Chat.Users do
  @moduledoc """
  The sockets of each user over the whole cluster, and what one user may do with all of them together. Each socket is a
  member of its user's `:pg` group. One process admits sockets, one after the other, so a pod never admits one too many;
  two pods that admit at the same moment may, for they hear of each other a moment later.

  A user's rates are shared between nodes by where the user's sockets are: a node with one of three sockets allows a
  third. On a node all sockets of a user draw on the same two buckets.
  """
  use GenServer

  alias Chat.{Rate, Settings, Sockets}

  @scope Chat.Users.Groups
  @sweep 60_000

  def start_link(_options), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @doc "Creates the table of the rates."
  def create, do: Rate.create()

  @doc "The groups, and the process that fills them; a lost one takes the second along."
  def children, do: [%{id: :pg, start: {:pg, :start_link, [@scope]}}, __MODULE__]

  @doc "Makes the caller one of the user's sockets, if the user may have one more; 0 allows any number."
  @spec admit(String.t(), non_neg_integer) :: :ok | {:error, :too_many | :unavailable}
  def admit(user, most) do
    GenServer.call(__MODULE__, {:admit, user, most})
  catch
    :exit, _ -> {:error, :unavailable}
  end

  @doc "How many sockets a user has: on this node, and on all."
  @spec sockets(String.t()) :: {non_neg_integer, non_neg_integer}
  def sockets(user), do: {length(:pg.get_local_members(@scope, user)), length(:pg.get_members(@scope, user))}

  @doc """
  Takes one of what a user may do at time `now` (ms): `:message` (MESSAGES_PER_SECOND, twice as many at once) or
  `:request` (three times as many, and twenty times as many at once: a page that comes back joins all its rooms).
  """
  @spec take(String.t(), :message | :request, integer) :: :ok | :empty
  def take(user, kind, now) do
    {here, everywhere} = sockets(user)
    {burst, per_second} = limit(kind, Settings.get().message_rate)
    # Without groups this node knows of its own sockets alone.
    Rate.take({kind, user}, burst, per_second, max(here, 1) / Enum.max([everywhere, here, 1]), now)
  end

  @doc "How many at once, and how many per second in the long run."
  @spec limit(:message | :request, pos_integer) :: {pos_integer, pos_integer}
  def limit(:message, rate), do: {2 * rate, rate}
  def limit(:request, rate), do: {20 * rate, 3 * rate}

  @impl true
  def init(_) do
    for {socket, user} <- Sockets.users(), do: join(user, socket)
    Process.send_after(self(), :sweep, @sweep)
    {:ok, nil}
  end

  @impl true
  def handle_call({:admit, user, most}, {socket, _}, state) do
    {_here, everywhere} = sockets(user)
    result = if most > 0 and everywhere >= most, do: {:error, :too_many}, else: join(user, socket)
    {:reply, result, state}
  end

  @impl true
  def handle_info(:sweep, state) do
    Rate.sweep(System.monotonic_time(:millisecond))
    Process.send_after(self(), :sweep, @sweep)
    {:noreply, state}
  end

  def handle_info(_late, state), do: {:noreply, state}

  defp join(user, socket) do
    if socket in :pg.get_local_members(@scope, user), do: :ok, else: :pg.join(@scope, user, socket)
  end
end
