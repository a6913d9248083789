class CreateTickets < ActiveRecord::Migration[6.1]
  def change
    create_table :tickets do |table|
      table.text :title, null: false
      table.datetime :answered_at
      table.timestamps
    end
  end
end
