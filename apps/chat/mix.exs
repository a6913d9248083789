defmodule Chat.MixProject do
  use Mix.Project

  def project do
    [
      app: :chat,
      version: "1.0.0",
      elixir: "~> 1.14",
      start_permanent: Mix.env() == :prod,
      elixirc_paths: if(Mix.env() == :test, do: ["lib", "test/support"], else: ["lib"]),
      # lib/chat/postgres/scram.ex takes the place of a module that Debian ships elsewhere.
      elixirc_options: [ignore_module_conflict: true],
      # No hex packages: what is not in OTP comes from Debian (erlang-cowlib, erlang-p1-pgsql, erlang-jiffy).
      deps: [],
      aliases: [test: "test --no-start"],
      releases: [chat: [include_executables_for: [:unix], steps: [:assemble, &keep_cookie_out/1]]]
    ]
  end

  def application do
    [mod: {Chat.Application, []}, extra_applications: [:crypto, :ssl, :public_key, :cowlib, :p1_pgsql, :jiffy]]
  end

  # `mix release` makes a cookie, stores it in the release (so it would be in the image) and its script gives the
  # cookie to the VM as an argument (so it would be in the process list). rel/env.sh.eex puts the cookie of the
  # Secret where the VM looks for one by itself; this step takes the other two ways out of the release.
  defp keep_cookie_out(release) do
    File.rm!(Path.join(release.path, "releases/COOKIE"))
    script = Path.join(release.path, "bin/#{release.name}")
    before = File.read!(script)

    after_ =
      before
      |> String.replace(~r/^RELEASE_COOKIE=.*\n/m, "")
      |> String.replace(~r/^export RELEASE_COOKIE\n/m, "")
      |> String.replace(~s( --cookie "$RELEASE_COOKIE"), "")

    if String.contains?(after_, "COOKIE") do
      Mix.raise(
        "bin/#{release.name} still names a cookie: this Mix writes another script than Elixir 1.14 does; adapt keep_cookie_out/1"
      )
    end

    File.write!(script, after_)
    release
  end
end
