class Ticket < ActiveRecord::Base
  validates :title, presence: true, length: { maximum: 200 }

  # Deletes what was answered a month ago. @return the number of tickets that went
  def self.sweep
    where("answered_at < ?", 1.month.ago).delete_all
  end
end
