class TicketsController < ActionController::Base
  # A form without a session: nothing of a person could be used by another site.
  skip_forgery_protection

  def index
    @tickets = Ticket.order(id: :desc).limit(50)
  end

  def create
    ticket = Ticket.new(title: params[:title].to_s)
    return head :unprocessable_entity unless ticket.save

    AnswerJob.perform_later(ticket.id)
    redirect_to "/", status: :see_other
  end

  # Ready once the database answers.
  def up
    ActiveRecord::Base.connection.select_value("SELECT 1")
    head :ok
  end
end
