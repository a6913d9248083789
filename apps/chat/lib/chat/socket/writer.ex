defmodule Chat.Socket.Writer do
  @moduledoc """
  Writes to the network for one WebSocket, so that the process of the WebSocket never waits for a client that does not
  read: it always knows how many bytes are on their way, and can act on that. Linked to it; ends with it.
  """

  @large 8_192

  @doc "Starts it for a TCP socket of the calling process."
  @spec start_link(:gen_tcp.socket()) :: pid
  def start_link(socket) do
    owner = self()

    :proc_lib.spawn_link(fn ->
      Process.monitor(owner)
      loop(socket, owner)
    end)
  end

  @doc """
  Hands over bytes. The caller gets `{:written, size, own}` when they have left, or `{:not_written, why}`; `size` and
  `own` are given back as they came.
  """
  @spec write(pid, iodata, non_neg_integer, non_neg_integer) :: term
  def write(writer, data, size, own), do: send(writer, {:write, data, size, own})

  @doc "Waits until everything has left, at most `timeout` ms."
  @spec flush(pid, timeout) :: :ok | :timeout
  def flush(writer, timeout) do
    reference = make_ref()
    send(writer, {:flush, self(), reference})

    receive do
      ^reference -> :ok
    after
      timeout -> :timeout
    end
  end

  defp loop(socket, owner) do
    receive do
      {:write, data, size, own} ->
        case :gen_tcp.send(socket, data) do
          :ok -> send(owner, {:written, size, own})
          # After a time-out the bytes stay in line, and what comes behind them may still arrive.
          {:error, why} -> send(owner, {:not_written, why})
        end

        # What was written is no longer needed, and nothing else here would make the heap full.
        if size > @large, do: :erlang.garbage_collect()
        loop(socket, owner)

      {:flush, asker, reference} ->
        send(asker, reference)
        loop(socket, owner)

      # A normal end does not come through the link.
      {:DOWN, _, :process, ^owner, _} ->
        :ok
    end
  end
end
